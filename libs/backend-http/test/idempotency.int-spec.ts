import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { until } from '@visapi/backend-testing';
import { TwoProcesses, work } from './two-processes.js';

let world: TwoProcesses;
beforeAll(async () => {
  world = await TwoProcesses.start();
});
beforeEach(() => world.forget());
afterAll(() => world.close());

describe('a request that is repeated by its key', () => {
  it('is answered as the first one was, byte for byte, by whichever process; and done once', async () => {
    const first = await world.ask('', { key: 'k-1' });
    expect(first).toMatchObject({ status: 201, body: { data: { name: 'a', made: 1 } } });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    for (const process of [0, 1]) {
      const again = await world.ask('', { key: 'k-1', process });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
    expect(work.done).toEqual(['a']);
  });

  it('is kept so that who reads the database learns nothing of its answer, nor gives it as another’s', async () => {
    const payload = '{"name":"Noa Invented"}';
    const first = await world.ask('', { key: 'k-1', payload });
    await world.ask('', { key: 'k-2', payload: '{"name":"b"}' });
    const [kept] = await world.test.query<{ row: string }>(
      `select k::text || convert_to(encode(body, 'escape'), 'UTF8')::text as row from idempotency_keys k where key = 'k-1'`,
    );
    expect(kept?.row).not.toMatch(new RegExp(`Noa|${Buffer.from('Noa').toString('hex')}`));
    expect((await world.ask('', { key: 'k-1', payload, process: 1 })).text).toBe(first.text);
    await world.test.query(
      `update idempotency_keys k set body = other.body from idempotency_keys other where k.key = 'k-2' and other.key = 'k-1'`,
    );
    const moved = await world.ask('', { key: 'k-2', payload: '{"name":"b"}' });
    expect([moved.status, moved.text]).toEqual([500, expect.not.stringContaining('Noa')]);
  });

  it('is answered the same from a row of before answers were sealed', async () => {
    const first = await world.ask('', { key: 'k-1' });
    await world.test.query('update idempotency_keys set body = $1, body_key_id = null', [first.text]);
    expect((await world.ask('', { key: 'k-1' })).text).toBe(first.text);
  });

  it.each([
    ['another body', '', '{"name":"b"}', 'body'],
    ['the same JSON in other bytes', '', '{"name": "a"}', 'body'],
    ['another query', '?dryRun=true', '{"name":"a"}', 'body'],
    ['another address', '/again', '{"name":"a"}', 'route'],
  ])('is refused with %s, and told so', async (_what, path, payload, differs) => {
    await world.ask('', { key: 'k-1' });
    await expect(world.ask(path, { key: 'k-1', payload })).resolves.toMatchObject({
      status: 422,
      body: { error: { code: 'IDEMPOTENCY_KEY_REUSED', details: [{ path: differs }] } },
    });
    expect(work.done).toEqual(['a']);
  });

  it('is compared by its raw bytes where the route takes them raw', async () => {
    const first = await world.ask('/raw', { key: 'k-1', payload: 'not json' });
    expect((await world.ask('/raw', { key: 'k-1', payload: 'not json' })).text).toBe(first.text);
    await expect(world.ask('/raw', { key: 'k-1', payload: 'not json ' })).resolves.toMatchObject({
      status: 422,
    });
    expect(work.done).toEqual(['not json']);
  });

  it('is nobody else’s: another key or a user may use the same text', async () => {
    const owners = ['somebody', 'other', 'user-somebody', 'user-other'];
    for (const owner of owners) await world.ask('', { key: 'k-1', owner });
    expect(work.done).toHaveLength(4);
    for (const owner of owners) await world.ask('', { key: 'k-1', owner });
    expect(work.done).toHaveLength(4);
    const kept = await world.test.query<{ owner: string }>('select owner from idempotency_keys order by 1');
    expect(kept.map(({ owner }) => owner)).toEqual([
      'key:other',
      'key:somebody',
      'user:user-other',
      'user:user-somebody',
    ]);
  });

  it('fifty times at once over two processes is done once, and everybody gets the same bytes', async () => {
    const opened = Promise.withResolvers<void>();
    work.gate = opened.promise;
    const asked = Array.from({ length: 50 }, (_, index) => world.ask('', { key: 'k-1', process: index % 2 }));
    await until(
      () => Promise.resolve(work.done.length),
      (count) => count === 1,
    );
    opened.resolve();
    const got = await Promise.all(asked);
    expect(new Set(got.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(got[0]?.status).toBe(201);
    expect(got.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(work.done).toEqual(['a']);
  });

  it('while the first is at work for longer than a request may wait is told to ask again', async () => {
    const opened = Promise.withResolvers<void>();
    work.gate = opened.promise;
    const first = world.ask('/short', { key: 'k-1' });
    await until(
      () => Promise.resolve(work.done.length),
      (count) => count === 1,
    );
    const second = await world.ask('/short', { key: 'k-1', process: 1 });
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect(second.headers['retry-after']).toBe('2');
    opened.resolve();
    const { text } = await first;
    expect((await world.ask('/short', { key: 'k-1' })).text).toBe(text);
  });

  it('after it has expired is a new one, whatever it asks', async () => {
    await world.ask('', { key: 'k-1' });
    await world.test.query(`update idempotency_keys set expires_at = now()`);
    await expect(world.ask('/again', { key: 'k-1', payload: '{"name":"b"}' })).resolves.toMatchObject({
      status: 201,
    });
    expect(work.done).toEqual(['a', 'b']);
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
      work.answers = [tells(category), () => ({})];
      const accept = 'application/problem+json';
      const first = await world.ask('/told', { key: 'k-1', accept });
      const again = await world.ask('/told', { key: 'k-1' });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(again.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(work.done).toHaveLength(1);
    },
  );

  it.each([
    ['a bug of ours', 'bug', {}],
    ['being unavailable', 'unavailable', {}],
    ['being late', 'timeout', {}],
    ['a limit', 'rate-limited', {}],
    ['something that passes', 'conflict', { retryAfterSeconds: 1 }],
  ] as const)('that tells of %s is not: the next request is done', async (_what, category, more) => {
    work.answers = [tells(category, more), () => ({ name: 'well' })];
    expect((await world.ask('/told', { key: 'k-1' })).status).toBeGreaterThanOrEqual(409);
    await expect(world.ask('/told', { key: 'k-1' })).resolves.toMatchObject({ status: 201 });
    expect(work.done).toHaveLength(2);
  });

  it('that names a fault of the request is not: corrected, it may have the same key', async () => {
    await expect(world.ask('/valid', { key: 'k-1', payload: '{}' })).resolves.toMatchObject({ status: 400 });
    await expect(world.ask('/valid', { key: 'k-1' })).resolves.toMatchObject({ status: 200 });
  });

  it('that cannot be kept is not given: what is done is told to whoever asks again', async () => {
    const opened = Promise.withResolvers<void>();
    work.gate = opened.promise;
    const first = world.ask('/committed', { key: 'k-1' });
    await until(
      () => Promise.resolve(work.done.length),
      (count) => count === 1,
    );
    await world.test.query('revoke update (status) on idempotency_keys from visapi_app');
    opened.resolve();
    const { status, headers } = await first;
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    await world.test.query('grant update (status) on idempotency_keys to visapi_app');
    await world.kill();
    await expect(world.ask('/committed', { key: 'k-1' })).resolves.toMatchObject({
      status: 201,
      body: { data: { name: 'work 1' } },
    });
    expect(work.done).toEqual(['committed']);
  });
});

describe('the header', () => {
  it.each([' ', 'a b', 'ä', 'x'.repeat(256)])(
    'must be visible ASCII of at most 255 characters: not %p',
    async (key) => {
      await expect(world.ask('', { key: Buffer.from(key).toString('latin1') })).resolves.toMatchObject({
        status: 400,
        body: { error: { code: 'VALIDATION_ERROR', details: [{ path: 'Idempotency-Key' }] } },
      });
      expect(work.done).toEqual([]);
    },
  );

  it('may be left out, and nothing is kept then', async () => {
    await world.ask('');
    await world.ask('');
    expect(work.done).toEqual(['a', 'a']);
    await expect(world.rows()).resolves.toEqual([]);
  });

  it.each(['/hook', '/question'])('says nothing to %s', async (path) => {
    await world.ask(path, { key: 'k-1' });
    await world.ask(path, { key: 'k-1' });
    expect(work.done).toHaveLength(2);
    await expect(world.rows()).resolves.toEqual([]);
  });
});
