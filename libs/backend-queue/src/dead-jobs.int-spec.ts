import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, Clock } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { DeadLettersRepository } from '@visapi/backend-repositories/events';
import {
  createTestDatabase,
  plantOrder,
  queueConfig,
  quietLog,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { DeadJobs } from './dead-jobs.js';
import { defineJob, queueNames } from './define-job.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { RedisConnections } from './redis-connections.js';

const definitions = queueNames.map((name) =>
  defineJob({
    name: `die-${name}`,
    queue: name,
    payload: z.object({ effectId: z.uuid() }),
    attempts: 3,
    backoff: { firstMs: 2, maxMs: 4 },
  }),
);
const job = definitions[0]!;

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let connections: RedisConnections;
let jobs: Jobs;
let runner: JobRunner;
let fail: (run: number) => Error;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  redis = await takeTestRedis();
  const config = queueConfig(redis.url, { concurrency: 2, ordersConcurrency: 2, cbbConcurrency: 2 });
  connections = new RedisConnections(config, quietLog);
  jobs = new Jobs(connections);
  const dead = new DeadJobs(test.database, new DeadLettersRepository(), new Clock());
  runner = new JobRunner(config, connections, jobs, dead, quietLog, new Metrics());
  let run = 0;
  runner.start(
    definitions.map((definition) => ({
      job: definition,
      handle: async () => await Promise.reject(fail((run += 1))),
    })),
  );
});
afterEach(async () => {
  await runner.stop(2_000);
  await jobs.onApplicationShutdown();
  connections.onApplicationShutdown();
  await redis.close();
  await test.query('delete from dead_letters');
});

async function letterOf(effectId: string) {
  const [letter] = await until(
    async () =>
      await test.query<Record<string, unknown> & { errors: readonly { at: string; code: string }[] }>(
        'select * from dead_letters where reference = $1',
        [`effect/${effectId}`],
      ),
    (rows) => rows.length > 0,
  );
  if (!letter) throw new Error('until() has seen it');
  return letter;
}

describe('a job that has used up its tries', () => {
  it('is kept with the chain of its errors, the order it was for, and no text of anybody else', async () => {
    const { contactId, orderId } = await plantOrder(test, { contact: 'planned' });
    const errors = [
      new AppError('conflict', 'Somebody was first.'),
      Object.assign(new Error('row of "Dana Example"'), { code: '23514', constraint: 'effects_state_check' }),
      new TypeError('cannot read "Dana Example"'),
    ];
    fail = (run) => errors[run - 1] ?? new Error('once too often');
    await jobs.enqueue([job.request('a', { effectId: contactId })]);
    const letter = await letterOf(contactId);
    expect(letter).toMatchObject({
      kind: 'job',
      name: job.name,
      aggregate_type: 'order',
      aggregate_id: orderId,
      correlation_id: expect.any(String),
      attempts: 3,
      state: 'open',
      errors: [
        { code: 'CONFLICT', message: 'Somebody was first.' },
        { code: '23514', message: 'effects_state_check' },
        {
          code: 'INTERNAL_ERROR',
          message: expect.stringMatching(/^TypeError at .+dead-jobs\.int-spec\.ts:\d+$/),
        },
      ],
    });
    expect(JSON.stringify(letter)).not.toContain('Dana');
    const times = letter.errors.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Number.isNaN(times[0])).toBe(false);
  });

  it('is one letter however often the sweep wakes it in vain', async () => {
    const { contactId } = await plantOrder(test, { contact: 'planned' });
    fail = () => new AppError('unprocessable', 'never');
    for (const id of ['a', 'b', 'c']) await jobs.enqueue([job.request(id, { effectId: contactId })]);
    const queue = await jobs.reach(job.queue);
    await until(
      async () => await queue.getJobCounts('waiting', 'active', 'delayed'),
      (counts) => Object.values(counts).every((count) => count === 0),
    );
    await letterOf(contactId);
    await expect(test.query('select from dead_letters')).resolves.toHaveLength(1);
  });
});
