import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { drive } from '../load/drive.ts';
import type { Latency } from '../load/plan.ts';
import { summarise } from '../load/statistics.ts';
import { type Pipeline, startPipeline } from '../system/pipeline.ts';
import { startGrownServer } from './grown-server.ts';
import { openOutboxPoll, type OutboxPoll } from './outbox-poll.ts';
import { questions } from './questions.ts';
import { ask } from './reader.ts';

/** Backend and worker on a copy of a grown database. */
export interface GrownSystem {
  readonly orders: number;
  readonly pipeline: Pipeline;
  readonly outbox: OutboxPoll;
  /** Postgres begins anew, and the backend has found it. */
  readonly restartPostgres: () => Promise<void>;
  /** Orders sent to it so far. */
  sent: number;
  readonly stop: () => Promise<void>;
}

/** @param redisDatabase which of the benchmark's Redis databases its cache lives in */
export async function startGrownSystem(
  context: BenchContext,
  orders: number,
  redisDatabase: number,
): Promise<GrownSystem> {
  const server = await startGrownServer(context, orders, `${context.services.redisUrl}/${redisDatabase}`);
  const pipeline = await startPipeline(server.services, { name: `growth-${orders}`, worker: true });
  const outbox = await openOutboxPoll(pipeline.env);
  return {
    orders,
    pipeline,
    outbox,
    sent: 0,
    restartPostgres: async () => {
      await server.restart();
      await untilReady(pipeline);
    },
    stop: async () => {
      await outbox.close();
      await pipeline.stop();
      await server.stop();
    },
  };
}

async function untilReady({ apiUrl }: Pipeline): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const response = await fetch(`${apiUrl}/readyz`);
    await response.arrayBuffer();
    if (response.ok) return;
    await delay(50);
  }
  throw new Error('The backend is not ready 10 s after Postgres was');
}

export type Step = (context: BenchContext, system: GrownSystem, times: number) => Promise<Latency>;

/** What must not become slower as orders become more. The outbox is read while the worker still has what was received. */
export const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
  ...Object.entries(questions).map(([what, make]): [string, Step] => [
    what,
    async (_, { pipeline, orders }, times) =>
      summarise(await ask(pipeline.apiUrl, pipeline.headers, make(orders, times))),
  ]),
  ['ingest', ingest],
  ['outbox poll', async (_, { outbox }, times) => summarise(await outbox.look(times))],
]);

/** Open loop at 5,000 a minute, as S2. */
async function ingest(context: BenchContext, system: GrownSystem, times: number): Promise<Latency> {
  const { pipeline, orders } = system;
  const load = await drive({
    url: pipeline.ordersUrl,
    headers: pipeline.headers,
    connections: 64,
    ratePerSecond: 5_000 / 60,
    seconds: 60,
    requests: times,
    firstOrder: system.sent,
  });
  system.sent += load.sent;
  if (load.refused.length > 0)
    context.fault(`ingest among ${orders}: not answered 200: ${JSON.stringify(load.statuses)}`);
  return load.latency;
}
