import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { freePort } from '#services/ports.ts';
import { orderPhone } from '../load/order-template.ts';
import { startNode } from '../system/node-process.ts';
import type { Services } from '../system/services.ts';

/** The best of 10, 25, 50 and 100 on the machine this was written on. */
const CONCURRENCY = 50;
const JOBS_PER_ORDER = ['order', 'contact', 'message'];
const PATIENCE_MS = 120_000;

export interface RawQueue {
  readonly pids: Readonly<Record<string, number>>;
  /** Seconds from the first job added to the last job finished. */
  readonly run: (orders: number) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts the raw BullMQ worker against the simulators that our pipeline uses, too. */
export async function startRawQueue(services: Services, sandboxUrl: string): Promise<RawQueue> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const connection = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('raw-orders', { connection });
  const worker = await startNode(services, {
    name: 'raw-queue',
    file: 'load-tests/baselines/raw-queue.ts',
    flags: [],
    env: {
      PORT: new URL(url).port,
      REDIS_URL: services.redisUrl,
      CBB_URL: `${sandboxUrl}/cbb`,
      CONCURRENCY: String(CONCURRENCY),
      NODE_ENV: 'production',
    },
    readyUrl: url,
    stage: 2,
  });
  // Far from the phones of our own orders: every contact is a new one on both sides.
  let nextPhone = 5_000_000;
  return {
    pids: { baseline: worker.pid },
    run: async (orders) => {
      const before = await progress(url);
      const begun = Date.now();
      const phones = Array.from({ length: orders }, () => orderPhone(nextPhone++));
      const jobs = phones.flatMap((phone) => JOBS_PER_ORDER.map((name) => ({ name, data: { phone } })));
      for (let at = 0; at < jobs.length; at += 1_000) await queue.addBulk(jobs.slice(at, at + 1_000));
      return ((await lastOf(url, before.finished + jobs.length)) - begun) / 1000;
    },
    stop: async () => {
      await worker.stop();
      await queue.close();
      connection.disconnect();
    },
  };
}

interface Progress {
  readonly finished: number;
  readonly lastAt: number;
}

async function progress(url: string): Promise<Progress> {
  const response = await fetch(url);
  return (await response.json()) as Progress;
}

/** When the last of so many jobs finished, in epoch ms. */
async function lastOf(url: string, finished: number): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const now = await progress(url);
    if (now.finished >= finished) return now.lastAt;
    await delay(100);
  }
  throw new Error(`The raw queue did not finish ${finished} jobs within ${PATIENCE_MS / 1000} s`);
}
