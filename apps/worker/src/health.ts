import type { INestApplicationContext } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { QueueConfig, WorkerConfig } from '@visapi/backend-config';
import { CheckCbbFields, WatchLanes } from '@visapi/backend-contacts/jobs';
import type { HealthCheck } from '@visapi/backend-http';
import { CheckDatabase, WatchRelay } from '@visapi/backend-operations/jobs';
import { concurrencyOf, QueueHealth, QueueWatch } from '@visapi/backend-queue';

interface Config {
  readonly worker: WorkerConfig;
  readonly queue: QueueConfig;
}

/** What makes the worker ready: what it needs answers, and work that waits is taken. */
export function workerHealth(app: INestApplicationContext, { worker }: Config): HealthCheck {
  return {
    check: async () => ({
      database: await app.get(QueryBus).execute(new CheckDatabase()),
      queue: await app.get(QueueHealth).check(),
      progress: app.get(QueueWatch).check(),
      relay: app.get(WatchRelay).check(worker.stuckSeconds * 1_000),
      'cbb-fields': app.get(CheckCbbFields).check(),
      'cbb-lanes': app.get(WatchLanes).check(),
    }),
  };
}

/** Begins to see whether the queues move. */
export function watchQueues(
  app: INestApplicationContext,
  { worker, queue }: Config,
  restart: (why: string) => void,
): void {
  app.get(QueueWatch).start({
    stuckAfterMs: worker.stuckSeconds * 1_000,
    concurrency: (name) => concurrencyOf(queue, name),
    lanes: () => app.get(WatchLanes).lanes(),
    restart,
  });
}
