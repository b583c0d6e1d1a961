import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Log, Metrics } from '@visapi/backend-observability';
import { createTestDatabase, quietProcess, type TestDatabase, until } from '@visapi/backend-testing';
import { Database } from '../db/database.js';
import { LogStore } from './log-store.js';
import { LogsRepository } from './logs.repository.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  await test.query('truncate logs');
});
afterAll(async () => await test.drop());

const running: LogStore[] = [];
afterAll(async () => {
  for (const store of running) await store.onApplicationShutdown();
});

function start(database = test.database, mostLines?: number) {
  const log = Log.create(quietProcess, 'worker');
  const metrics = new Metrics();
  const store = new LogStore(database, new LogsRepository(), log, metrics, mostLines);
  const dropped = async (reason: string) =>
    Number(
      new RegExp(`visapi_log_lines_dropped_total\\{reason="${reason}"\\} (\\d+)`).exec(
        await metrics.render(),
      )?.[1] ?? 0,
    );
  return { log, store, dropped };
}

const stored = async () =>
  await test.query<{ message: string; level: string; fields: object; correlationId: string | null }>(
    `select message, level, fields, correlation_id as "correlationId" from logs order by id`,
  );

describe('the log in the database', () => {
  it('holds a warning within two seconds, with what a reader looks for it by', async () => {
    const { log, store } = start();
    store.onApplicationBootstrap();
    running.push(store);
    log.warn('job will be tried again', { correlationId: 'c-7', job: 'send-message', attempt: 2 });
    const rows = await until(stored, ({ length }) => length > 0, 3_000);
    expect(rows).toEqual([
      { message: 'job will be tried again', level: 'warn', correlationId: 'c-7', fields: { attempt: 2 } },
    ]);
  });

  it('takes what waits when the process ends, 200 lines in a statement', async () => {
    const { log, store } = start();
    const statements = jest.spyOn(LogsRepository.prototype, 'store');
    for (let count = 0; count < 450; count += 1) log.warn('warning', { count });
    await store.onApplicationShutdown();
    expect(statements.mock.calls.map(([, lines]) => lines.length)).toEqual([200, 200, 50]);
    statements.mockRestore();
    const counts = (await stored()).map(({ fields }) => (fields as { count: number }).count);
    expect(counts).toEqual(Array.from({ length: 450 }, (_, count) => count));
  });

  it('holds a line once though its batch was stored twice', async () => {
    const { log, store } = start();
    const repository = new LogsRepository();
    jest.spyOn(LogsRepository.prototype, 'store').mockImplementationOnce(async (executor, lines) => {
      await repository.store(executor, lines);
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    });
    log.warn('told twice');
    await store.onApplicationShutdown();
    expect(await stored()).toHaveLength(1);
    jest.restoreAllMocks();
    const again = start();
    again.log.warn('told once');
    await again.store.onApplicationShutdown();
    expect(await stored()).toHaveLength(2);
  });

  it('loses a batch that the database refuses, counted, and goes on with the next', async () => {
    const { log, store, dropped } = start();
    await test.query(`alter table logs add constraint picky check (message <> 'bad')`);
    for (let count = 0; count < 200; count += 1) log.warn(count === 7 ? 'bad' : 'good', { count });
    log.warn('after it');
    await store.onApplicationShutdown();
    await test.query(`alter table logs drop constraint picky`);
    expect((await stored()).map(({ message }) => message)).toEqual(['after it']);
    await expect(dropped('refused')).resolves.toBe(200);
  });
});

describe('while the database is away', () => {
  const away = () =>
    Database.open({ url: 'postgres://visapi_app:x@127.0.0.1:1/none', poolMax: 1 }, 'away', () => undefined);

  it('the newest lines wait, the oldest are let go and counted, and nobody is told of it in what waits', async () => {
    const database = away();
    const { log, store, dropped } = start(database, 100);
    const kept = jest.spyOn(LogsRepository.prototype, 'store');
    for (let count = 0; count < 130; count += 1) log.warn('warning', { count });
    store.onApplicationBootstrap();
    await until(
      () => Promise.resolve(kept.mock.calls.length),
      (calls) => calls >= 2,
    );
    await store.onApplicationShutdown();
    for (const [, lines] of kept.mock.calls) {
      expect(new Set(lines.map(({ message }) => message))).toEqual(new Set(['warning']));
      expect(lines.map(({ fields }) => fields['count'])).toEqual(
        Array.from({ length: 100 }, (_, index) => index + 30),
      );
    }
    await expect(dropped('full')).resolves.toBe(30);
    kept.mockRestore();
    await database.close();
  });

  it('writing a line takes no longer than before', async () => {
    const database = away();
    const { log, store } = start(database, 1_000);
    const started = performance.now();
    for (let count = 0; count < 20_000; count += 1) log.warn('warning', { count });
    expect((performance.now() - started) / 20_000).toBeLessThan(0.5);
    await store.onApplicationShutdown();
    await database.close();
  });
});
