import { loadConfig } from './config.js';
import { createSandbox } from './sandbox.js';

const config = loadConfig();
const { app, close } = createSandbox(config);

async function stop(signal: string): Promise<void> {
  app.log.info({ signal }, 'stopping');
  await close();
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        app.log.error(error, 'stopped badly');
        process.exit(1);
      },
    );
  });
}

await app.listen({ host: config.host, port: config.port });
