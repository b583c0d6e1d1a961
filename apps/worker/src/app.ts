import type { Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CacheService } from '@visapi/backend-cache';
import { loadConfig, type QueueConfig, slices, type WorkerConfig } from '@visapi/backend-config';
import { MatchIssuesTimer, WatchCompletedVisas } from '@visapi/backend-applications/jobs';
import {
  CheckCbbFields,
  contactsProcessors,
  contactsSubscriptions,
  WatchLanes,
} from '@visapi/backend-contacts/jobs';
import { type FactObserver, OutboxRelay, ReplayEvents, SealHistory } from '@visapi/backend-events';
import { createProbeServer } from '@visapi/backend-http';
import { messagingProcessors, messagingSubscriptions } from '@visapi/backend-messaging/jobs';
import { Log, Metrics, nestLogger } from '@visapi/backend-observability';
import { FollowKeyring, RetentionTimer, SweepLostWork, WatchRelay } from '@visapi/backend-operations/jobs';
import { ordersProcessors, ordersSubscriptions } from '@visapi/backend-orders/jobs';
import { JobRunner, QueueHealth, QueueWatch } from '@visapi/backend-queue';
import { AppModule } from './app.module.js';
import { watchQueues, workerHealth } from './health.js';

const shutdownDeadlineMs = 20_000;
const drainDeadlineMs = 15_000;

const processors = [...ordersProcessors, ...contactsProcessors, ...messagingProcessors] as const;

/** What looks for work by itself instead of being woken. */
const timers = [
  SweepLostWork,
  MatchIssuesTimer,
  WatchCompletedVisas,
  CheckCbbFields,
  SealHistory,
  ReplayEvents,
  RetentionTimer,
  FollowKeyring,
  WatchRelay,
  WatchLanes,
] as const;

const {
  process: processSlice,
  worker,
  database,
  encryption,
  logs,
  retention,
  queue,
  cache,
  cbb,
  messaging,
  airtable,
} = slices;
const needed = {
  process: processSlice,
  worker,
  database,
  encryption,
  logs,
  retention,
  queue,
  cache,
  cbb,
  messaging,
  airtable,
};

/** Builds the worker from an environment and starts its work. */
export async function createApp(environment: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(environment, needed);
  const log = Log.create(config.process, 'worker');
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, log), {
    logger: nestLogger(log),
    abortOnError: false,
  });
  const probes = createProbeServer(workerHealth(app, config), app.get(Metrics), {
    token: config.worker.metricsToken,
    isDevelopment: config.process.environment === 'development',
  });
  const close = (): Promise<void> => stop(app, probes);
  return {
    app,
    close,
    start: async (): Promise<string> => await start(app, probes, config),
    /** Works until the process is told to stop. */
    run: async (): Promise<void> => {
      const end = (status: number): void => {
        setTimeout(() => process.exit(1), shutdownDeadlineMs).unref();
        void close().then(() => {
          log.flush();
          process.exit(status);
        });
      };
      const onSignal = (signal: NodeJS.Signals): void => {
        log.info('worker stops', { signal });
        end(0);
      };
      // Before the start, which may wait for Redis for long.
      process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
      const port = new URL(await start(app, probes, config)).port;
      watchQueues(app, config, (why) => {
        log.error('worker ends itself to be started again', { reason: why });
        end(1);
      });
      log.info('worker ready', { port: Number(port) });
    },
  };
}

async function start(
  app: INestApplicationContext,
  probes: Server,
  config: { worker: WorkerConfig; queue: QueueConfig },
): Promise<string> {
  const { port, host } = config.worker;
  await new Promise<void>((resolve, reject) => {
    probes.once('error', reject).listen(port, host, resolve);
  });
  await app.get(QueueHealth).waitUntilSafe();
  app
    .get(JobRunner)
    .start(processors.map((processor) => app.get<(typeof processors)[number]['prototype']>(processor)));
  app.get(JobRunner).assertComplete();
  const subscriptions = [...ordersSubscriptions, ...contactsSubscriptions, ...messagingSubscriptions];
  app.get(OutboxRelay).start(subscriptions, config.queue.batchSize, forgetReads(app.get(CacheService)));
  for (const timer of timers) app.get<{ start(): void }>(timer).start();
  const address = probes.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
}

/** Reads that show an order follow every fact about it. */
function forgetReads(cache: CacheService): FactObserver {
  return async (facts) => {
    const orders = facts.filter(({ aggregateType }) => aggregateType === 'order');
    await cache.changed(
      'order',
      orders.map(({ aggregateId }) => aggregateId),
    );
  };
}

/** The reverse of the start: no new work is found, running work ends, then everything is closed. */
async function stop(app: INestApplicationContext, probes: Server): Promise<void> {
  await Promise.all(timers.map((timer) => app.get<{ stop(): Promise<void> }>(timer).stop()));
  await app.get(QueueWatch).stop();
  await app.get(OutboxRelay).stop();
  await app.get(JobRunner).stop(drainDeadlineMs);
  probes.close();
  await app.close();
}
