import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BatchOperationsModule } from '@visapi/backend-repositories';
import { createTestContext, createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { LogsModule } from '../logs.module.js';
import { CleanLogs } from './clean-logs.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [BatchOperationsModule.forRoot(), LogsModule]);
});
beforeEach(async () => {
  await test.query('truncate logs');
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const clean = async (keepDays: number, signal = new AbortController().signal) =>
  await app.get(CommandBus).execute(new CleanLogs(keepDays, signal));
const plant = async (daysAgo: number, count = 1) =>
  await test.query(
    `insert into logs (id, logged_at, level, message, process)
     select gen_random_uuid(), now() - make_interval(days => $1), 'warn', 'planted', 'worker' from generate_series(1, $2)`,
    [daysAgo, count],
  );
const left = async () =>
  (
    await test.query<{ days: number }>(
      `select extract(day from now() - logged_at)::int as days from logs order by 1`,
    )
  ).map(({ days }) => days);

describe('cleaning up the log', () => {
  it('keeps thirty days of lines when it is told to keep thirty', async () => {
    for (const days of [0, 29, 31, 45]) await plant(days);
    await expect(clean(30)).resolves.toMatchObject({ lines: 2 });
    expect(await left()).toEqual([0, 29]);
    await expect(clean(30)).resolves.toEqual({ partitions: [], lines: 0 });
  });

  it('drops months that are too old as a whole', async () => {
    await test.query(`select make_log_partition(now() - interval '100 days')`);
    await plant(100, 5);
    const { partitions, lines } = await clean(30);
    expect(partitions).toEqual([expect.stringMatching(/^logs_\d{6}$/)]);
    expect(lines).toBe(0);
    expect(await left()).toEqual([]);
  });

  it('keeps everything when it is told to keep all', async () => {
    await plant(400);
    await expect(clean(0)).resolves.toEqual({ partitions: [], lines: 0 });
    expect(await left()).toEqual([400]);
  });

  it('does nothing more once the process is ending', async () => {
    await plant(31);
    await expect(clean(30, AbortSignal.abort())).resolves.toEqual({ partitions: [], lines: 0 });
    expect(await left()).toEqual([31]);
  });
});
