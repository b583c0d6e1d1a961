import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Module, Post, Query, Req, Body } from '@nestjs/common';
import { AppError, type Scope } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { markMade, once } from '@visapi/backend-repositories/idempotency';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
  until,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { Authenticator, type Principal } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { askedBy, type HttpRequest } from './request-context.js';
import { Access, Raw, Responds } from './route.js';

const scopes = { scopes: ['orders:write'] } as const;
/** What was done, by both processes. */
let done: string[] = [];
/** Work waits for it. */
let gate = Promise.resolve();
let answers: (() => unknown)[] = [];

@Controller('things')
class ThingsController {
  constructor(private readonly database: Database) {}

  @Post()
  @Access(scopes)
  async make(@Body() body: { readonly name: string }) {
    done.push(body.name);
    await gate;
    return { name: body.name, made: done.length };
  }

  @Post('again')
  @Access(scopes)
  async makeOther(@Body() body: { readonly name: string }) {
    return await this.make(body);
  }

  @Post('raw')
  @Raw()
  @Access(scopes)
  async takeRaw(@Req() { body }: HttpRequest) {
    return await this.make({ name: String(body) });
  }

  @Post('valid')
  @HttpCode(200)
  @Access(scopes)
  valid(@Body({ schema: z.object({ name: z.string() }) }) { name }: { readonly name: string }) {
    return { name };
  }

  /** Answers what the test says, one after the other. */
  @Post('told')
  @Access(scopes)
  tell() {
    done.push('told');
    return answers.shift()?.();
  }

  /** A command that writes what it came to in its own transaction. */
  @Post('committed')
  @Access(scopes)
  async commit(@Req() request: HttpRequest) {
    const name = await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, askedBy(request), async () => `work ${done.push('committed')}`),
      );
    await gate;
    return { name };
  }

  @Post('secrets')
  @Access(scopes, { secret: true })
  @Responds(z.object({ id: z.string(), key: z.string() }))
  async makeSecret(@Req() request: HttpRequest) {
    const id = `made-${done.push('secret')}`;
    await this.database.db
      .transaction()
      .execute(async (transaction) => await markMade(transaction, askedBy(request), id));
    await gate;
    return { id, key: 'swordfish' };
  }

  @Post('short')
  @Access(scopes, { limitMs: 400 })
  async makeShort() {
    return await this.make({ name: 'short' });
  }

  @Post('hook')
  @Access(scopes, { isRepeated: true })
  async hook() {
    return await this.make({ name: 'hook' });
  }

  @Post('question')
  @Access(scopes, { creates: false })
  async ask() {
    return await this.make({ name: 'question' });
  }

  @Get()
  @Access(scopes)
  async look(@Query() _query: object) {
    return await this.make({ name: 'look' });
  }
}

/** Everybody is whoever he says he is. */
class Named extends Authenticator {
  async authenticate({ headers }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    const id = String(headers['x-api-key']);
    const held = { id, label: id, scopes: new Set<Scope>(['orders:write']) };
    return await Promise.resolve(
      id.startsWith('user-')
        ? { kind: 'user', ...held, sessionId: 's', email: 'nobody@example.test', role: 'manager' }
        : { kind: 'api-key', ...held },
    );
  }
}

let test: TestDatabase;
/** Two processes: they share the database and nothing else. */
let apps: HttpApp[];

async function start(): Promise<HttpApp> {
  @Module({})
  class Things {}
  const things = {
    module: Things,
    global: true,
    controllers: [ThingsController],
    providers: [{ provide: Authenticator, useClass: Named }],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  return await createHttpApp(testRoot(test.url, [things]), { http, process: quietProcess }, quietLog);
}

beforeAll(async () => {
  test = await createTestDatabase();
  apps = [await start(), await start()];
});
beforeEach(async () => {
  await test.query('delete from idempotency_keys');
  [done, answers, gate] = [[], [], Promise.resolve()];
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await test.drop();
});

interface Asked {
  readonly key?: string;
  readonly owner?: string;
  readonly payload?: string;
  readonly process?: number;
  readonly accept?: string;
}

async function ask(
  path: string,
  { key, owner = 'somebody', payload = '{"name":"a"}', process = 0, accept }: Asked = {},
) {
  const headers = {
    'x-api-key': owner,
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(accept !== undefined && { accept }),
  };
  const answer = await apps[process]?.app.inject({
    method: 'POST',
    url: `/api/v1/things${path}`,
    headers,
    payload,
  });
  if (!answer) throw new Error('There is no such process');
  const { statusCode: status, body: text } = answer;
  return {
    status,
    text,
    headers: answer.headers,
    body: JSON.parse(text) as { data?: object; error?: object },
  };
}

const rows = async () =>
  await test.query<{ state: string; attempt: number }>('select * from idempotency_keys');
/** As if whoever works at it had been killed long ago. */
const kill = async () =>
  await test.query(`update idempotency_keys set locked_until = now() - interval '1 s'`);

describe('a request that is repeated by its key', () => {
  it('is answered as the first one was, byte for byte, by whichever process; and done once', async () => {
    const first = await ask('', { key: 'k-1' });
    expect(first).toMatchObject({ status: 201, body: { data: { name: 'a', made: 1 } } });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    for (const process of [0, 1]) {
      const again = await ask('', { key: 'k-1', process });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
    expect(done).toEqual(['a']);
  });

  it.each([
    ['another body', '', '{"name":"b"}', 'body'],
    ['the same JSON in other bytes', '', '{"name": "a"}', 'body'],
    ['another query', '?dryRun=true', '{"name":"a"}', 'body'],
    ['another address', '/again', '{"name":"a"}', 'route'],
  ])('is refused with %s, and told so', async (_what, path, payload, differs) => {
    await ask('', { key: 'k-1' });
    await expect(ask(path, { key: 'k-1', payload })).resolves.toMatchObject({
      status: 422,
      body: { error: { code: 'IDEMPOTENCY_KEY_REUSED', details: [{ path: differs }] } },
    });
    expect(done).toEqual(['a']);
  });

  it('is compared by its raw bytes where the route takes them raw', async () => {
    const first = await ask('/raw', { key: 'k-1', payload: 'not json' });
    expect((await ask('/raw', { key: 'k-1', payload: 'not json' })).text).toBe(first.text);
    await expect(ask('/raw', { key: 'k-1', payload: 'not json ' })).resolves.toMatchObject({ status: 422 });
    expect(done).toEqual(['not json']);
  });

  it('is nobody else’s: another key or a user may use the same text', async () => {
    const owners = ['somebody', 'other', 'user-somebody', 'user-other'];
    for (const owner of owners) await ask('', { key: 'k-1', owner });
    expect(done).toHaveLength(4);
    for (const owner of owners) await ask('', { key: 'k-1', owner });
    expect(done).toHaveLength(4);
    const kept = await test.query<{ owner: string }>('select owner from idempotency_keys order by 1');
    expect(kept.map(({ owner }) => owner)).toEqual([
      'key:other',
      'key:somebody',
      'user:user-other',
      'user:user-somebody',
    ]);
  });

  it('fifty times at once over two processes is done once, and everybody gets the same bytes', async () => {
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const asked = Array.from({ length: 50 }, (_, index) => ask('', { key: 'k-1', process: index % 2 }));
    await until(
      () => Promise.resolve(done.length),
      (count) => count === 1,
    );
    opened.resolve();
    const got = await Promise.all(asked);
    expect(new Set(got.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(got[0]?.status).toBe(201);
    expect(got.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(done).toEqual(['a']);
  });

  it('while the first is at work for longer than a request may wait is told to ask again', async () => {
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const first = ask('/short', { key: 'k-1' });
    await until(
      () => Promise.resolve(done.length),
      (count) => count === 1,
    );
    const second = await ask('/short', { key: 'k-1', process: 1 });
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect(second.headers['retry-after']).toBe('2');
    opened.resolve();
    const { text } = await first;
    expect((await ask('/short', { key: 'k-1' })).text).toBe(text);
  });

  it('after it has expired is a new one, whatever it asks', async () => {
    await ask('', { key: 'k-1' });
    await test.query(`update idempotency_keys set expires_at = now()`);
    await expect(ask('/again', { key: 'k-1', payload: '{"name":"b"}' })).resolves.toMatchObject({
      status: 201,
    });
    expect(done).toEqual(['a', 'b']);
  });
});

describe('an answer', () => {
  const tells =
    (category: ConstructorParameters<typeof AppError>[0], more: object = {}) =>
    () => {
      throw new AppError(category, 'No.', more);
    };

  it.each(['forbidden', 'not-found', 'conflict', 'unprocessable'] as const)(
    'that refuses (%s) is kept: it is refused again, in the form in which it was',
    async (category) => {
      answers = [tells(category), () => ({})];
      const accept = 'application/problem+json';
      const first = await ask('/told', { key: 'k-1', accept });
      const again = await ask('/told', { key: 'k-1' });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(done).toHaveLength(1);
    },
  );

  it.each([
    ['a bug of ours', 'bug', {}],
    ['being unavailable', 'unavailable', {}],
    ['being late', 'timeout', {}],
    ['a limit', 'rate-limited', {}],
    ['something that passes', 'conflict', { retryAfterSeconds: 1 }],
  ] as const)('that tells of %s is not: the next request is done', async (_what, category, more) => {
    answers = [tells(category, more), () => ({ name: 'well' })];
    expect((await ask('/told', { key: 'k-1' })).status).toBeGreaterThanOrEqual(409);
    await expect(ask('/told', { key: 'k-1' })).resolves.toMatchObject({ status: 201 });
    expect(done).toHaveLength(2);
  });

  it('that names a fault of the request is not: corrected, it may have the same key', async () => {
    await expect(ask('/valid', { key: 'k-1', payload: '{}' })).resolves.toMatchObject({ status: 400 });
    await expect(ask('/valid', { key: 'k-1' })).resolves.toMatchObject({ status: 200 });
  });

  it('that cannot be kept is not given: what is done is told to whoever asks again', async () => {
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const first = ask('/committed', { key: 'k-1' });
    await until(
      () => Promise.resolve(done.length),
      (count) => count === 1,
    );
    await test.query('revoke update on idempotency_keys from visapi_app');
    await test.query('revoke update (state, status) on idempotency_keys from visapi_app');
    opened.resolve();
    const { status, headers } = await first;
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    await test.query('grant update (state, status) on idempotency_keys to visapi_app');
    await kill();
    await expect(ask('/committed', { key: 'k-1' })).resolves.toMatchObject({
      status: 201,
      body: { data: { name: 'work 1' } },
    });
    expect(done).toEqual(['committed']);
  });
});

describe('a process that dies', () => {
  it('before it has done anything leaves the request to the next try', async () => {
    await test.query(
      `insert into idempotency_keys (id, owner, key, route, body_hash, locked_until, expires_at)
      values (gen_random_uuid(), 'key:somebody', 'k-1', 'POST /api/v1/things', sha256('\n{"name":"a"}'), now(), now() + interval '1 day')`.replace(
        String.raw`\n`,
        '\n',
      ),
    );
    await expect(ask('', { key: 'k-1' })).resolves.toMatchObject({ status: 201 });
    expect(done).toEqual(['a']);
    await expect(rows()).resolves.toMatchObject([{ state: 'done', attempt: 2 }]);
  });

  it('between its commit and its answer leaves what it came to: the next try does nothing more', async () => {
    const never = Promise.withResolvers<void>();
    gate = never.promise;
    const lost = ask('/committed', { key: 'k-1' });
    await until(rows, ([row]) => JSON.stringify(row).includes('work 1'));
    await kill();
    gate = Promise.resolve();
    const again = await ask('/committed', { key: 'k-1', process: 1 });
    expect(again).toMatchObject({ status: 201, body: { data: { name: 'work 1' } } });
    expect(done).toEqual(['committed']);
    // It was not dead but slow: it may no longer say anything else.
    never.resolve();
    await expect(lost).resolves.toMatchObject({ status: 409 });
    expect((await ask('/committed', { key: 'k-1' })).text).toBe(again.text);
  });

  it('and comes back after another has taken over may not commit any more', async () => {
    const meet = Promise.withResolvers<void>();
    gate = meet.promise;
    const slow = ask('', { key: 'k-1' });
    await until(
      () => Promise.resolve(done.length),
      (count) => count === 1,
    );
    await kill();
    gate = Promise.resolve();
    const second = await ask('', { key: 'k-1', process: 1 });
    meet.resolve();
    await expect(slow).resolves.toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect((await ask('', { key: 'k-1' })).text).toBe(second.text);
    const [row] = await rows();
    const late = {
      actor: 'a',
      correlationId: 'c',
      once: { id: String((row as { id?: string }).id), attempt: 1 },
    };
    const { db } = apps[0]?.app.get(Database) ?? test.database;
    await expect(once(db, late, () => Promise.resolve(done.push('late')))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(done).toEqual(['a', 'a']);
  });
});

describe('a route that answers with a secret', () => {
  const kept = async () =>
    JSON.stringify(await test.query('select row_to_json(k) as row from idempotency_keys k'));

  it('is told by a repeated key what it has made, and nothing of the secret, which is nowhere', async () => {
    await expect(ask('/secrets', { key: 'k-1' })).resolves.toMatchObject({
      status: 201,
      body: { data: { id: 'made-1', key: 'swordfish' } },
    });
    const again = await ask('/secrets', { key: 'k-1', process: 1 });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT', id: 'made-1' } } });
    expect(again.text).not.toContain('swordfish');
    expect(await kept()).not.toMatch(new RegExp(`swordfish|${Buffer.from('swordfish').toString('hex')}`));
    expect(done).toHaveLength(1);
  });

  it('tells it also when its process was killed before it answered: nothing is made twice', async () => {
    const never = Promise.withResolvers<void>();
    gate = never.promise;
    const lost = ask('/secrets', { key: 'k-1' });
    await until(kept, (text) => text.includes('made-1'));
    await kill();
    await expect(ask('/secrets', { key: 'k-1', process: 1 })).resolves.toMatchObject({
      status: 409,
      body: { error: { id: 'made-1' } },
    });
    expect(done).toHaveLength(1);
    never.resolve();
    await lost;
  });
});

describe('the header', () => {
  it.each([' ', 'a b', 'ä', 'x'.repeat(256)])(
    'must be visible ASCII of at most 255 characters: not %p',
    async (key) => {
      await expect(ask('', { key: Buffer.from(key).toString('latin1') })).resolves.toMatchObject({
        status: 400,
        body: { error: { code: 'VALIDATION_ERROR', details: [{ path: 'Idempotency-Key' }] } },
      });
      expect(done).toEqual([]);
    },
  );

  it('may be left out, and nothing is kept then', async () => {
    await ask('');
    await ask('');
    expect(done).toEqual(['a', 'a']);
    await expect(rows()).resolves.toEqual([]);
  });

  it.each(['/hook', '/question'])('says nothing to %s', async (path) => {
    await ask(path, { key: 'k-1' });
    await ask(path, { key: 'k-1' });
    expect(done).toHaveLength(2);
    await expect(rows()).resolves.toEqual([]);
  });
});
