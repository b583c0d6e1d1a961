import { request as ask, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { runApart } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
  until,
} from '@visapi/backend-testing';
import { Authenticator } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { Access } from './route.js';

const limit = { limitMs: 400 } as const;
const sleep = 'select pg_sleep(30)';
/** Ends when the test says so, and nothing else: however late the answer is, it does not come too late. */
const untilLetGo =
  'do $$ begin while not exists (select from let_go) loop perform pg_sleep(0.01); end loop; end $$';

/** Runs a text as a repository's method does. */
async function run(db: Executor, text: string): Promise<void> {
  await db.executeQuery({ ...db.selectFrom('orders').compile(), sql: text });
}

@Controller('slow')
class SlowController {
  constructor(private readonly database: Database) {}

  @Get('read')
  @Access('public', limit)
  async read() {
    await run(this.database.db, sleep);
    return {};
  }

  @Get('patient')
  @Access('public')
  async wait() {
    await run(this.database.db, sleep);
    return {};
  }

  @Post('change')
  @Access('public', limit)
  async change() {
    await this.database.db.transaction().execute(async (transaction) => {
      await run(transaction, 'insert into kept values (1)');
      await run(transaction, sleep);
    });
    return {};
  }

  @Post('repeated')
  @Access('public', { ...limit, isRepeated: true })
  async takeAgain() {
    await run(this.database.db, sleep);
    return {};
  }

  @Post('deaf')
  @Access('public', limit)
  async ignoreDeadline() {
    await runApart(async () => await run(this.database.db, untilLetGo));
    return {};
  }

  @Get('fast/:word')
  @Access('public', limit)
  fast(@Param('word') word: string) {
    return { word };
  }
}

let test: TestDatabase;
let started: HttpApp;
let url: string;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.query('create table kept (id int); grant select, insert on kept to visapi_app');
  await test.query('create table let_go (); grant select on let_go to visapi_app');
  @Module({})
  class Slow {}
  const nobody = { provide: Authenticator, useValue: { authenticate: () => Promise.reject(new Error()) } };
  const slow = {
    module: Slow,
    global: true,
    controllers: [SlowController],
    providers: [nobody],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(testRoot(test.url, [slow]), { http, process: quietProcess }, quietLog);
  url = await started.listen();
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function sleeping(): Promise<number> {
  const rows = await test.query(`select from pg_stat_activity where datname = current_database()
    and application_name = 'visapi-test' and state <> 'idle'`);
  return rows.length;
}

async function call(method: 'GET' | 'POST', path: string) {
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1/${path}`, { method, headers: { 'x-correlation-id': 'late-1' } });
  const body = (await answer.json()) as object;
  return { status: answer.status, body, tookMs: performance.now() - began, headers: answer.headers };
}

const timeout = { success: false, error: { code: 'TIMEOUT' }, meta: { requestId: 'late-1' } };
/** Statements that sleep for 30 s, and end long before when somebody ends them. */
const nothingSleeps = async () => await until(sleeping, (count) => count === 0);

describe('a request that takes longer than its route allows', () => {
  it('is answered 504 in the envelope, and its statement runs no longer', async () => {
    const answer = await call('GET', 'slow/read');
    // Who is answered without his work having ended is told something else.
    const stopped = {
      ...timeout.error,
      message: expect.stringContaining('longer than 0.4 s and was stopped'),
    };
    expect(answer).toMatchObject({ status: 504, body: { ...timeout, error: stopped } });
    expect(answer.headers.get('x-correlation-id')).toBe('late-1');
    expect(answer.tookMs).toBeLessThan(5_000);
    await nothingSleeps();
  });

  it('is answered 503 where the sender sends again what got that', async () => {
    const answer = await call('POST', 'slow/repeated');
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } });
    expect(answer.headers.get('retry-after')).toBe('2');
    await nothingSleeps();
  });

  it('has changed nothing when it is answered', async () => {
    await expect(call('POST', 'slow/change')).resolves.toMatchObject({
      status: 504,
      body: { error: { message: expect.stringContaining('no change is left half made') } },
    });
    await nothingSleeps();
    expect(await test.query('select from kept')).toEqual([]);
  });

  it('is told that nobody knows when its work cannot be stopped', async () => {
    await expect(call('POST', 'slow/deaf')).resolves.toMatchObject({
      status: 504,
      body: { ...timeout, error: { message: expect.stringContaining('not known yet') } },
    });
    expect(await sleeping()).toBe(1);
    await test.query('insert into let_go default values');
    await nothingSleeps();
  });

  it('costs its neighbours nothing: a hundred of them leave every connection whole', async () => {
    const late = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0 ? call('GET', 'slow/read') : call('POST', 'slow/change'),
    );
    const statuses = (await Promise.all(late)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([504]));
    await nothingSleeps();
    expect(await test.query('select from kept')).toEqual([]);
    const { db } = started.app.get(Database);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => await db.selectFrom('orders').select('orderId').execute()),
    );
    expect(answers.flat()).toEqual([]);
  });
});

describe('a caller who hangs up', () => {
  it('ends the read that nobody waits for any more', async () => {
    const { promise, resolve } = Promise.withResolvers<IncomingMessage | Error>();
    const request = ask(`${url}/api/v1/slow/patient`, resolve).on('error', resolve).end();
    await until(sleeping, (count) => count === 1);
    request.destroy();
    await promise;
    await until(sleeping, (count) => count === 0, 5_000);
    await expect(call('GET', 'slow/fast/still')).resolves.toMatchObject({
      body: { data: { word: 'still' } },
    });
  });
});
