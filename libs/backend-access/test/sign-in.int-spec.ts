import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { browserOf, comeIn, type Door, openDoor, password } from './people.js';
import { AppError } from '@visapi/backend-kernel';
import { Log, LogBuffer } from '@visapi/backend-observability';
import { seedApiKeys } from '../src/seed.js';
import { FakeAuth } from '../src/sessions/fake-auth.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let door: Door;
let server: FakeAuth;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const keys = [{ name: 'tool', key: 'tool.s3cret', scopes: ['users:read'] }];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper: 'pepper-of-a-test', keys });
  door = await openDoor(test, redis);
  server = door.provider as FakeAuth;
});
afterAll(async () => {
  await door.close();
  await redis.close();
  await test.drop();
});

const lastMail = (email: string) => server.mails.findLast((mail) => mail.email === email);

describe('somebody of the agency', () => {
  it('signs up, signs in, and is a user with the role of newcomers from then on', async () => {
    const email = 'dana@visanet.app';
    const up = await door.ask('POST', 'auth/signup', { body: { email: ' Dana@Visanet.app ', password } });
    expect([up.status, up.data]).toEqual([202, { status: 'taken' }]);
    const signedIn = await door.ask('POST', 'auth/signin', { body: { email, password } });
    expect(signedIn).toMatchObject({
      status: 200,
      data: {
        accessToken: expect.stringMatching(/^eyJ/),
        refreshToken: expect.any(String),
        expiresIn: 3_600,
        user: { id: expect.any(String), email, role: 'support', permissions: expect.any(Array) },
      },
      cookies: [],
    });
    const { accessToken } = signedIn.data;
    const me = await door.ask('GET', 'auth/me', { token: accessToken });
    expect(me).toMatchObject({ status: 200, data: { email, role: 'support' } });
    const [told] = await test.query(
      `select type, actor, ip, payload from events where type = 'session.started' order by position desc limit 1`,
    );
    expect(told).toEqual({
      type: 'session.started',
      actor: `user:${(me.data as { id: string }).id}`,
      ip: '203.0.113.7',
      payload: { method: 'password' },
    });
  });

  it('may do what the role says, by one guard with keys', async () => {
    const { accessToken: token } = await comeIn(door, 'role@visanet.app');
    const refused = await door.ask('GET', 'users', { token });
    expect([refused.status, refused.error?.details]).toEqual([
      403,
      [{ path: 'scope', message: 'users:read is missing' }],
    ]);
    await test.query(`update users set role = 'admin' where email = 'role@visanet.app'`);
    const key = await door.ask('GET', 'users', { headers: { 'x-api-key': 'tool.s3cret' } });
    expect(key.status).toBe(200);
  });

  it('is not taken for a key, nor a key for somebody', async () => {
    const headers = { 'x-api-key': 'tool.s3cret' };
    expect((await door.ask('GET', 'auth/me', { headers })).status).toBe(401);
    const { accessToken } = await comeIn(door, 'both@visanet.app');
    expect((await door.ask('GET', 'auth/me', { headers, token: accessToken })).status).toBe(401);
    expect((await door.ask('GET', 'auth/me', { headers: { 'x-api-key': accessToken } })).status).toBe(401);
  });
});

describe('nobody learns whether an address is known', () => {
  const shape = ({ status, data, error }: { status: number; data: unknown; error?: object }) => ({
    status,
    data,
    error,
  });

  it('from a sign-in', async () => {
    await comeIn(door, 'known@visanet.app');
    const wrong = { password: 'Anders-Pferd-8' };
    const answers = await Promise.all(
      ['known@visanet.app', 'unknown@visanet.app', 'stranger@evil.example'].map((email) =>
        door.ask('POST', 'auth/signin', { body: { email, ...wrong } }),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(shape(answer)))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } });
  });

  it.each(['signup', 'magic-link', 'reset-password'])('from %s', async (route) => {
    await comeIn(door, 'known@visanet.app');
    const body = route === 'signup' ? { password } : {};
    const answers = await Promise.all(
      ['known@visanet.app', `new-${route}@visanet.app`, 'stranger@evil.example'].map((email) =>
        door.ask('POST', `auth/${route}`, { body: { email, ...body } }),
      ),
    );
    expect(answers.map(shape)).toEqual(
      Array.from({ length: 3 }, () => ({ status: 202, data: { status: 'taken' }, error: undefined })),
    );
  });

  it('by signing up over it: the password stays', async () => {
    await comeIn(door, 'owner@visanet.app');
    const other = 'Anders-Pferd-8';
    await door.ask('POST', 'auth/signup', { body: { email: 'owner@visanet.app', password: other } });
    const body = { email: 'owner@visanet.app', password: other };
    expect((await door.ask('POST', 'auth/signin', { body })).status).toBe(401);
  });
});

describe('who may not be here', () => {
  it('with an address of another domain signs up for nothing', async () => {
    const email = 'stranger@evil.example';
    await door.ask('POST', 'auth/signup', { body: { email, password } });
    expect((await door.ask('POST', 'auth/signin', { body: { email, password } })).status).toBe(401);
  });

  it('is not let in by having signed up at Supabase itself, and the session is worth nothing', async () => {
    const email = 'direct@evil.example';
    await server.signUp(email, password, undefined);
    const answer = await door.ask('POST', 'auth/signin', { body: { email, password } });
    expect(answer).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
    const shown = await server.signIn(email, password);
    const bearer = await door.ask('GET', 'auth/me', { token: shown?.accessToken ?? '' });
    expect(bearer.status).toBe(403);
    expect((await door.ask('GET', 'auth/me', { token: shown?.accessToken ?? '' })).status).toBe(401);
    expect(await test.query(`select from users where email = $1`, [email])).toEqual([]);
    const told = await test.query(`select payload from events where type = 'session.refused'`);
    expect(told).toEqual([
      { payload: { reason: 'address-not-allowed' } },
      { payload: { reason: 'address-not-allowed' } },
    ]);
  });

  it('is shut out although the session goes on, and cannot begin another one', async () => {
    const email = 'out@visanet.app';
    const { accessToken } = await comeIn(door, email);
    await test.query(`update users set disabled_at = now() where email = $1`, [email]);
    const until = async () => (await door.ask('GET', 'auth/me', { token: accessToken })).status;
    const statuses: number[] = [];
    const deadline = Date.now() + 5_000;
    while (Date.now() < deadline && statuses.at(-1) !== 403) statuses.push(await until());
    expect(statuses.at(-1)).toBe(403);
    const again = await door.ask('POST', 'auth/signin', { body: { email, password } });
    expect(again).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });

  it.each([
    ['no address', { email: 'dana', password }, 'email'],
    ['an address with a line break', { email: 'dana@visanet.app\nbcc: x@y.example', password }, 'email'],
    ['no password', { email: 'dana@visanet.app' }, 'password'],
    ['more than is asked for', { email: 'dana@visanet.app', password, role: 'admin' }, 'role'],
    ['a list for the address', { email: ['dana@visanet.app'], password }, 'email'],
  ])('is told what is wrong with %s', async (_name, body, path) => {
    const answer = await door.ask('POST', 'auth/signin', { body });
    expect(answer).toMatchObject({ status: 400, error: { code: 'VALIDATION_ERROR', details: [{ path }] } });
    expect(JSON.stringify(answer.error)).not.toContain(password);
  });
});

describe('a mailed link', () => {
  const confirm = async (query: Record<string, string>) =>
    await door.ask('GET', `auth/confirm?${new URLSearchParams(query).toString()}`);

  it('signs in with cookies and leads on, with no token in the address', async () => {
    const email = 'link@visanet.app';
    const { accessToken } = await comeIn(door, email);
    await door.ask('POST', 'auth/magic-link', {
      body: { email, redirectTo: 'https://staff.visanet.app/welcome/orders' },
    });
    const mail = lastMail(email);
    expect(mail).toMatchObject({ type: 'magiclink', redirectTo: 'https://staff.visanet.app/welcome/orders' });
    const query = { token_hash: mail?.tokenHash ?? '', type: 'magiclink' };
    const answer = await confirm({ ...query, redirect_to: 'https://staff.visanet.app/welcome/orders?a=1' });
    expect([answer.status, answer.headers['location']]).toEqual([
      303,
      'https://staff.visanet.app/welcome/orders?a=1',
    ]);
    expect(JSON.stringify(answer.headers['location'])).not.toMatch(/eyJ|token/);
    const { cookie } = browserOf(answer);
    const me = await door.ask('GET', 'auth/me', { headers: { cookie } });
    expect(me).toMatchObject({ status: 200, data: { email } });
    expect((await confirm(query)).status).toBe(401);
    expect((await door.ask('GET', 'auth/me', { token: accessToken })).status).toBe(200);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'https://staff.visanet.app@evil.example/',
    'https://staff.visanet.app。evil.example/',
  ])('leads nowhere else, and is not used up by the try: %s', async (redirect) => {
    const email = 'link2@visanet.app';
    await comeIn(door, email);
    await door.ask('POST', 'auth/magic-link', { body: { email } });
    const query = { token_hash: lastMail(email)?.tokenHash ?? '', type: 'magiclink' };
    const refused = await confirm({ ...query, redirect_to: redirect });
    expect(refused).toMatchObject({ status: 400, error: { code: 'VALIDATION_ERROR' } });
    expect(refused.headers['location']).toBeUndefined();
    const asked = await door.ask('POST', 'auth/reset-password', { body: { email, redirectTo: redirect } });
    expect(asked.status).toBe(400);
    expect((await confirm(query)).headers['location']).toBe('https://staff.visanet.app/welcome');
  });

  it('of another kind is refused as a wrong one', async () => {
    const email = 'link3@visanet.app';
    await comeIn(door, email);
    await door.ask('POST', 'auth/magic-link', { body: { email } });
    const tokenHash = lastMail(email)?.tokenHash ?? '';
    expect((await confirm({ token_hash: tokenHash, type: 'recovery' })).status).toBe(401);
    expect((await confirm({ token_hash: 'made-up', type: 'magiclink' })).status).toBe(401);
    expect((await confirm({ token_hash: tokenHash, type: 'sms' })).status).toBe(400);
  });
});

describe('a browser', () => {
  it('is not signed in by a page that a proxy passes off as ours', async () => {
    await comeIn(door, 'forwarded@visanet.app');
    const body = { email: 'forwarded@visanet.app', password, cookies: true };
    const asked = async (headers: Record<string, string>) =>
      (await door.ask('POST', 'auth/signin', { body, headers, from: '10.1.2.3' })).status;
    const origin = 'https://evil.example';
    expect(await asked({ origin, 'x-forwarded-host': 'evil.example', host: 'api.visanet.app' })).toBe(403);
    const ours = { origin: 'https://api.visanet.app', 'x-forwarded-host': 'evil.example' };
    expect(await asked({ ...ours, host: 'api.visanet.app' })).toBe(200);
  });
});

describe('while the Auth server is away', () => {
  it('a refresh token that comes a second time ends its session here, which operators read', async () => {
    const lines = new LogBuffer(() => undefined);
    door.app.get(Log).keepIn(lines);
    const { refreshToken } = await comeIn(door, 'stolen-meanwhile@visanet.app');
    const refresh = async () => (await door.ask('POST', 'auth/refresh', { body: { refreshToken } })).status;
    expect(await refresh()).toBe(200);
    server.fault = new AppError('unavailable', 'Supabase Auth cannot be asked now.');
    expect(await refresh()).toBe(401);
    server.fault = undefined;
    const told = lines.take(10);
    expect(told.map(({ level, message, fields }) => [level, message, fields['errorCode']])).toEqual([
      ['warn', 'a refresh token came a second time: its session was ended', undefined],
      ['warn', 'a session could not be ended at Supabase Auth', 'UNAVAILABLE'],
    ]);
    expect(JSON.stringify(told)).not.toContain(refreshToken);
  });

  it('nobody signs in, keys and sessions go on', async () => {
    const { accessToken } = await comeIn(door, 'early@visanet.app');
    server.fault = new AppError('unavailable', 'Supabase Auth cannot be asked now.');
    try {
      const body = { email: 'early@visanet.app', password };
      const answer = await door.ask('POST', 'auth/signin', { body });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
      const mail = await door.ask('POST', 'auth/magic-link', { body: { email: body.email } });
      expect(mail.status).toBe(503);
      expect((await door.ask('GET', 'auth/me', { token: accessToken })).status).toBe(200);
    } finally {
      server.fault = undefined;
    }
  });
});

describe('where no Auth server is set', () => {
  it('sign-in says what to set, and keys work on', async () => {
    const off = await openDoor(test, redis, null, { url: undefined, anonKey: undefined });
    try {
      const body = { email: 'dana@visanet.app', password };
      const answer = await off.ask('POST', 'auth/signin', { body });
      expect(answer).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } });
      expect(answer.error?.message).toContain('SUPABASE_URL');
      const key = await off.ask('GET', 'users', { headers: { 'x-api-key': 'tool.s3cret' } });
      expect(key.status).toBe(200);
    } finally {
      await off.close();
    }
  });
});

describe('what is kept', () => {
  it('holds no token, no password and no address: not in events, not in Redis, not in sessions', async () => {
    const email = 'secret@visanet.app';
    const tokens = await comeIn(door, email);
    const renewed = await door.ask('POST', 'auth/refresh', { body: { refreshToken: tokens.refreshToken } });
    await door.ask('POST', 'auth/signin', { body: { email, password: 'Anders-Pferd-8' } });
    const rows = await test.query(
      `select row_to_json(e)::text as row from events e union all select row_to_json(s)::text from sessions s
        union all select row_to_json(t)::text from session_tokens t`,
    );
    const names = await redis.redis.keys('*');
    const held = await Promise.all(
      names.map(async (name) => [name, await redis.redis.dump(name)].map(String).join(' ')),
    );
    const all = JSON.stringify([rows, held.filter((one) => !one.includes(':{user}:entry:'))]);
    const { accessToken, refreshToken } = renewed.data as { accessToken: string; refreshToken: string };
    for (const secret of [
      tokens.accessToken,
      tokens.refreshToken,
      accessToken,
      refreshToken,
      password,
      email,
    ])
      expect(all).not.toContain(secret);
  });
});
