import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { createTestDatabase, quietLog, type TestDatabase } from '@visapi/backend-testing';
import { ApiKeysRepository } from '../access/api-keys.repository.js';
import { Database } from '../db/database.js';
import { LogsRepository } from '../logs/logs.repository.js';
import { BatchOperationsService } from './batch-operations.js';

const old = 100_000;
const day = 86_400_000;
const before = new Date(Date.now() - 5 * day);
const logs = new LogsRepository();
const unstopped = new AbortController().signal;

let test: TestDatabase;
let batches: BatchOperationsService;
beforeAll(async () => {
  test = await createTestDatabase();
  batches = serviceOn(test.database);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await test.query('truncate logs');
});
afterAll(async () => await test.drop());

function serviceOn(database: Database): BatchOperationsService {
  return new BatchOperationsService({ database, keys: new ApiKeysRepository(), logs, log: quietLog });
}

/** Lines of one month, old and new ones beside each other, as after a long month. */
async function plant(count: number, newer = 0): Promise<void> {
  await test.query(
    `insert into logs (id, logged_at, level, message, process)
     select gen_random_uuid(), now() - case when n <= $1 then interval '6 days' else interval '1 hour' end
       + make_interval(secs => n / 1000.0), 'info', 'line ' || n, 'worker' from generate_series(1, $1::int + $2::int) n`,
    [count, newer],
  );
  await test.query('analyze logs');
}

const left = async () => Number((await test.query<{ n: string }>('select count(*) as n from logs'))[0]?.n);

/** Inserts line after line until told to stop; how long each took, in milliseconds, the longest first. */
async function writeUntil(done: Promise<unknown>): Promise<number[]> {
  let ended = false;
  void done.finally(() => (ended = true));
  const times: number[] = [];
  while (!ended) {
    const line = { id: newId(), loggedAt: new Date().toISOString(), level: 'warn', message: 'new' } as const;
    const started = performance.now();
    await logs.store(test.database.db, [{ ...line, process: 'worker', fields: {} }]);
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => b - a);
}

/** How long each statement of a clean-up held its locks, in milliseconds. */
function watchStatements(): number[] {
  const times: number[] = [];
  const repository = new LogsRepository();
  jest.spyOn(logs, 'deleteBefore').mockImplementation(async (...args) => {
    const started = performance.now();
    const result = await repository.deleteBefore(...args);
    times.push(performance.now() - started);
    return result;
  });
  return times;
}

describe('the clean-up of the log', () => {
  it('takes 100,000 lines away while others write, without ever holding a lock for long', async () => {
    await plant(old, 2_000);
    const started = performance.now();
    const whole = logs.deleteBefore(test.database.db, before, old, null);
    expect((await whole).deleted).toBe(old);
    const atOnce = performance.now() - started;

    await test.query('truncate logs');
    await plant(old, 2_000);
    const held = watchStatements();
    const began = performance.now();
    const cleaning = batches.cleanLogs(before, unstopped);
    const [longestWait = 0] = await writeUntil(cleaning);
    await expect(cleaning).resolves.toBe(old);
    const took = performance.now() - began;
    const longestHeld = Math.max(...held);
    process.stdout.write(
      `100,000 lines: at once ${atOnce.toFixed(0)} ms under one lock; in ${held.length} statements ${took.toFixed(0)} ms, ` +
        `the longest ${longestHeld.toFixed(1)} ms; a writer waited at most ${longestWait.toFixed(1)} ms\n`,
    );
    expect(held).toHaveLength(old / 1_000 + 1);
    // Medians: on a busy machine any one statement may be put aside for a while.
    const median = held.toSorted((a, b) => a - b)[held.length >> 1] ?? Infinity;
    expect(median).toBeLessThan(atOnce / 10);
    expect(longestHeld).toBeLessThan(atOnce);
    expect(longestWait).toBeLessThan(atOnce);
    expect(await left()).toBeGreaterThan(2_000);
  }, 120_000);

  it('leaves every line that is young enough, and ends when there is nothing', async () => {
    await plant(1_500, 10);
    await expect(batches.cleanLogs(before, unstopped)).resolves.toBe(1_500);
    expect(await left()).toBe(10);
    await expect(batches.cleanLogs(before, unstopped)).resolves.toBe(0);
  });

  it('stops between two batches when it is told to, and goes on the next time', async () => {
    await plant(3_000);
    const stopping = new AbortController();
    const repository = new LogsRepository();
    jest.spyOn(logs, 'deleteBefore').mockImplementation(async (...args) => {
      stopping.abort();
      return await repository.deleteBefore(...args);
    });
    await expect(batches.cleanLogs(before, stopping.signal)).resolves.toBe(1_000);
    jest.restoreAllMocks();
    await expect(batches.cleanLogs(before, unstopped)).resolves.toBe(2_000);
  });

  it('is done by one at a time, whatever number of workers begin it', async () => {
    await plant(20_000);
    const results = await Promise.all(
      [1, 2, 3].map(() => serviceOn(test.database).cleanLogs(before, unstopped)),
    );
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(20_000 - (await left()));
    await test.database.db.transaction().execute(async (holder) => {
      await logs.deleteBefore(holder, before, 1, null);
      await expect(batches.cleanLogs(before, unstopped)).resolves.toBe(0);
    });
  });
});
