import { loadConfig, slices } from '@visapi/backend-config';
import { createHttpApp } from '@visapi/backend-http';
import { Log } from '@visapi/backend-observability';
import { AppModule } from './app.module.js';

/** A shutdown that takes longer is cut off; what was not answered by then is sent again by its sender. */
const shutdownDeadlineMs = 10_000;

const { http, limits, database, encryption, queue, cache, access, auth, mail, waba, airtable } = slices;
/** What this process reads of its environment. */
const needed = {
  ...{ process: slices.process, http, limits, database, encryption, queue, cache },
  ...{ access, auth, mail, waba, airtable },
};

/** Builds the backend from an environment. Nothing listens before `run` or `listen`. */
export async function createApp(environment: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(environment, needed);
  const log = Log.create(config.process, 'backend');
  const { app, listen, close } = await createHttpApp(AppModule.forRoot(config, log), config, log);
  return {
    app,
    listen,
    close,
    /** Listens until the process is told to stop. */
    run: async (): Promise<void> => {
      const url = await listen();
      log.info('backend ready', { port: Number(new URL(url).port) });
      const stop = (signal: NodeJS.Signals): void => {
        log.info('backend stops', { signal });
        setTimeout(() => process.exit(1), shutdownDeadlineMs).unref();
        void close().then(() => {
          log.flush();
          process.exit(0);
        });
      };
      process.once('SIGTERM', stop).once('SIGINT', stop);
    },
  };
}
