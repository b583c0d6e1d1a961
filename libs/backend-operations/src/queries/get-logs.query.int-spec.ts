import type { INestApplicationContext } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { BatchOperationsModule, type Page, type PageResult } from '@visapi/backend-repositories';
import { type LogRow, LogsRepository } from '@visapi/backend-repositories/operations';
import { createTestContext, createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { logsQuery } from '../http/logs.schemas.js';
import { LogsModule } from '../logs.module.js';
import { GetLogStats } from './get-log-stats.query.js';
import { GetLogs, type LogFilter } from './get-logs.query.js';

let test: TestDatabase;
let app: INestApplicationContext;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [BatchOperationsModule.forRoot(), LogsModule]);
  const line = (level: 'info' | 'warn' | 'error', message: string, hours: number, rest: object = {}) => ({
    ...{
      id: newId(),
      loggedAt: hoursAgo(hours).toISOString(),
      level,
      message,
      process: 'worker',
      fields: {},
    },
    ...rest,
  });
  await new LogsRepository().store(test.database.db, [
    line('error', 'old', 30, { event: 'order.open' }),
    line('info', 'created', 3, { event: 'order.created', orderId: 'IL260105IN10', correlationId: 'c-1' }),
    line('warn', 'tried', 2, { job: 'send-message', correlationId: 'c-1', fields: { attempt: 1 } }),
    line('error', 'failed', 1, { event: 'order.open', job: 'send-message', code: 'vendor-refused' }),
    line('info', 'created', 1, { event: 'order.created', orderId: 'IL260105IN11', correlationId: 'c-2' }),
  ]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const page = { kind: 'page', page: 1, perPage: 20 } as const;
const list = async (filter: LogFilter) =>
  (await app.get(QueryBus).execute(new GetLogs(filter, page))).items.map(({ message }) => message);

describe('the list of log lines', () => {
  it.each<[string, LogFilter, string[]]>([
    ['all, the newest first', {}, ['created', 'failed', 'tried', 'created', 'old']],
    ['warnings and what is graver', { level: 'warn' }, ['failed', 'tried', 'old']],
    ['errors alone', { level: 'error' }, ['failed', 'old']],
    ['any level', { level: 'info' }, ['created', 'failed', 'tried', 'created', 'old']],
    ['one correlation', { correlationId: 'c-1' }, ['tried', 'created']],
    ['one order', { orderId: 'IL260105IN11' }, ['created']],
    ['one event', { event: 'order.open' }, ['failed', 'old']],
    ['one job, gravely', { job: 'send-message', level: 'error' }, ['failed']],
    ['a period', { from: hoursAgo(2.5), to: hoursAgo(1.5) }, ['tried']],
    ['nothing of the kind', { correlationId: 'c-9' }, []],
  ])('shows %s', async (_name, filter, messages) => {
    await expect(list(filter)).resolves.toEqual(messages);
  });

  it('goes on after a cursor without showing a line twice', async () => {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const part: Page = { kind: 'cursor', after, perPage: 2 };
      const { items, pagination }: PageResult<LogRow> = await app
        .get(QueryBus)
        .execute(new GetLogs({}, part));
      seen.push(...items.map(({ id }) => id));
      after = 'nextCursor' in pagination ? pagination.nextCursor : null;
      more = after !== null;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it('shows of a line what it was stored with, and null where it says nothing', async () => {
    const { items } = await app.get(QueryBus).execute(new GetLogs({ level: 'warn' }, page));
    expect(items[1]).toMatchObject({
      job: 'send-message',
      event: null,
      orderId: null,
      fields: { attempt: 1 },
    });
  });

  it.each([{ level: 'fatal' }, { from: 'yesterday' }, { correlationID: 'x' }, { cursor: '12' }])(
    'refuses what it does not understand: %j',
    (query) => {
      expect(logsQuery.safeParse(query).success).toBe(false);
    },
  );
});

describe('the figures of the log', () => {
  it('count the last 24 hours by level and by what lines tell of', async () => {
    const stats = await app.get(QueryBus).execute(new GetLogStats());
    expect(stats.byLevel).toEqual({ info: 2, warn: 1, error: 1 });
    expect(stats.byEvent).toEqual([
      { level: 'info', event: 'order.created', count: 2 },
      { level: 'error', event: 'order.open', count: 1 },
      { level: 'warn', event: null, count: 1 },
    ]);
  });
});
