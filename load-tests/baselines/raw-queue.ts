/**
 * Baseline of S5: one raw BullMQ worker process with as many jobs and the same vendor calls as our pipeline makes, and
 * no database: per order one job without a call, one that looks the contact up and creates it, one that sends the
 * message. Jobs wait in bulk and do not depend on each other, which is the kindest to it.
 * Environment: PORT, REDIS_URL, CBB_URL, CONCURRENCY. GET / answers { finished, lastAt } (epoch ms).
 */
import { createServer } from 'node:http';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Agent } from 'undici';
import { contactBody, messageBody } from './vendor-bodies.ts';

const cbb = new URL(process.env.CBB_URL ?? '');
const agent = new Agent({ connections: 64, pipelining: 1 });
const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const progress = { finished: 0, lastAt: 0 };

const worker = new Worker<{ phone: string }>(
  'raw-orders',
  async (job) => {
    const { phone } = job.data;
    if (job.name === 'contact') {
      await call('GET', `/contacts/${phone}`);
      await call('POST', '/contacts', contactBody(phone));
    }
    if (job.name === 'message') await call('POST', `/contacts/${phone}/send_content`, messageBody(phone));
  },
  { connection, concurrency: Number(process.env.CONCURRENCY), removeOnComplete: { count: 0 } },
);

worker.on('completed', () => {
  progress.finished += 1;
  progress.lastAt = Date.now();
});
// One failed call would make the comparison worthless: end, and let the benchmark say why.
worker.on('failed', (_job, error) => {
  throw error;
});

async function call(method: 'GET' | 'POST', path: string, body?: string): Promise<void> {
  const response = await agent.request({
    origin: cbb.origin,
    path: `${cbb.pathname}${path}`,
    method,
    headers: { 'x-access-token': 'bench', 'content-type': 'application/json' },
    body: body ?? null,
  });
  const text = await response.body.text();
  if (response.statusCode !== 200)
    throw new Error(`${method} ${path} answered ${response.statusCode}: ${text}`);
}

const server = createServer((_request, response) => response.end(JSON.stringify(progress)));

const stop = async (): Promise<void> => {
  server.close();
  await worker.close();
  connection.disconnect();
  await agent.close();
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

await worker.waitUntilReady();
server.listen(Number(process.env.PORT), '127.0.0.1');
