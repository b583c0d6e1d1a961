import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { createTestDatabase, takeTestRedis, type TestDatabase, until } from '@visapi/backend-testing';
import type { FakeAuth } from '../src/sessions/fake-auth.js';
import { browserOf, comeIn, type Door, openDoor, password } from './people.js';

const next = 'Anderes-Pferd-8';
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let door: Door;
let elsewhere: Door;
let server: FakeAuth;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  door = await openDoor(test, redis);
  server = door.provider as FakeAuth;
  elsewhere = await openDoor(test, redis, server);
});
afterAll(async () => {
  await door.close();
  await elsewhere.close();
  await redis.close();
  await test.drop();
});

const me = async (token: string, at = door) => (await at.ask('GET', 'auth/me', { token })).status;
const refresh = async (refreshToken: string, at = door) =>
  await at.ask('POST', 'auth/refresh', { body: { refreshToken } });
const signIn = async (email: string, given = password) =>
  await door.ask('POST', 'auth/signin', { body: { email, password: given } });
const endings = async (email: string) =>
  await test.query<{ reason: string }>(
    `select s.end_reason as reason from sessions s join users u on u.id = s.user_id
      where u.email = $1 and s.ended_at is not null order by s.id`,
    [email],
  );

describe('a refresh token', () => {
  it('is exchanged for new tokens of the same session, once', async () => {
    const first = await comeIn(door, 'refresh@visanet.app');
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    const tokens = second.data as { accessToken: string; refreshToken: string };
    expect(tokens.refreshToken).not.toBe(first.refreshToken);
    expect(await me(tokens.accessToken)).toBe(200);
    expect((await refresh(tokens.refreshToken)).status).toBe(200);
  });

  it('that comes a second time ends the session, for him who stole it and for its owner', async () => {
    const email = 'stolen@visanet.app';
    const first = await comeIn(door, email);
    const other = (await signIn(email)).data as { accessToken: string };
    const stolen = (await refresh(first.refreshToken)).data as { accessToken: string; refreshToken: string };
    expect(await me(stolen.accessToken, elsewhere)).toBe(200);
    const again = await refresh(first.refreshToken);
    expect(again).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } });
    expect(await me(stolen.accessToken)).toBe(401);
    expect(await me(first.accessToken)).toBe(401);
    expect((await refresh(stolen.refreshToken)).status).toBe(401);
    expect(await endings(email)).toEqual([{ reason: 'token-reused' }]);
    // Another session of the same person is none of it.
    expect(await me(other.accessToken)).toBe(200);
    await until(
      () => me(stolen.accessToken, elsewhere),
      (status) => status === 401,
      5_000,
    );
  });

  it('that two send at once is exchanged at most once', async () => {
    const email = 'race@visanet.app';
    const { refreshToken } = await comeIn(door, email);
    const answers = await Promise.all(
      [door, elsewhere, door, elsewhere].map((at) => refresh(refreshToken, at)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(await endings(email)).toEqual([{ reason: 'token-reused' }]);
  });

  it('is not used up while the Auth server is away', async () => {
    const { refreshToken } = await comeIn(door, 'patient@visanet.app');
    server.fault = new AppError('unavailable', 'Supabase Auth cannot be asked now.');
    expect((await refresh(refreshToken)).status).toBe(503);
    server.fault = undefined;
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it.each([
    ['that nobody gave out', 'made-up', 401],
    ['that is empty', '', 400],
    ['that is a book', 'x'.repeat(3_000), 400],
  ])('%s is refused', async (_name, refreshToken, status) => {
    expect((await refresh(refreshToken)).status).toBe(status);
  });

  it('that was given out elsewhere is exchanged once, too', async () => {
    const email = 'direct@visanet.app';
    await comeIn(door, email);
    const given = await server.signIn(email, password);
    expect((await refresh(given?.refreshToken ?? '')).status).toBe(200);
    expect((await refresh(given?.refreshToken ?? '')).status).toBe(401);
  });
});

describe('a session', () => {
  it('that was ended at the Auth server ends here when it should be renewed', async () => {
    const email = 'ended-there@visanet.app';
    const { accessToken, refreshToken } = await comeIn(door, email);
    await server.signOut(accessToken, 'local');
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await me(accessToken)).toBe(401);
    expect(await endings(email)).toEqual([{ reason: 'refused' }]);
  });

  it('that began elsewhere is taken, until it is ended there or here', async () => {
    const email = 'front@visanet.app';
    await comeIn(door, email);
    const [one, two] = [await server.signIn(email, password), await server.signIn(email, password)];
    expect(await me(one?.accessToken ?? '')).toBe(200);
    await server.signOut(two?.accessToken ?? '', 'local');
    expect(await me(two?.accessToken ?? '')).toBe(401);
    expect((await door.ask('POST', 'auth/signout', { token: one?.accessToken ?? '' })).status).toBe(200);
    expect(await me(one?.accessToken ?? '')).toBe(401);
  });

  it('ends by signing out: here at once, in other processes within 5 s, and no other session with it', async () => {
    const email = 'leaving@visanet.app';
    const [one, two] = [await comeIn(door, email), await comeIn(door, email)];
    expect(await me(one.accessToken, elsewhere)).toBe(200);
    expect((await door.ask('POST', 'auth/signout', { token: one.accessToken })).status).toBe(200);
    const begun = performance.now();
    expect(await me(one.accessToken)).toBe(401);
    await until(
      () => me(one.accessToken, elsewhere),
      (status) => status === 401,
      5_000,
    );
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect((await refresh(one.refreshToken)).status).toBe(401);
    expect(await me(two.accessToken)).toBe(200);
    expect((await door.ask('POST', 'auth/signout', { token: one.accessToken })).status).toBe(401);
  });

  it('ends with all others of its user when asked for', async () => {
    const email = 'everywhere@visanet.app';
    const [one, two] = [await comeIn(door, email), await comeIn(door, email)];
    const somebody = await comeIn(door, 'somebody@visanet.app');
    await door.ask('POST', 'auth/signout?everywhere=true', { token: one.accessToken });
    expect([await me(one.accessToken), await me(two.accessToken), await me(somebody.accessToken)]).toEqual([
      401, 401, 200,
    ]);
    expect(await endings(email)).toEqual(Array(2).fill({ reason: 'signed-out-everywhere' }));
  });

  it('ends although the Auth server is away', async () => {
    const { accessToken } = await comeIn(door, 'away@visanet.app');
    server.fault = new AppError('unavailable', 'Supabase Auth cannot be asked now.');
    const answer = await door.ask('POST', 'auth/signout', { token: accessToken });
    server.fault = undefined;
    expect(answer.status).toBe(200);
    expect(await me(accessToken)).toBe(401);
  });
});

describe('what is kept of sessions', () => {
  const age = async (email: string) => {
    const of = `select s.id from sessions s join users u on u.id = s.user_id where u.email = $1`;
    const long = `now() - interval '91 days'`;
    await test.query(`update sessions set started_at = ${long} where id in (${of})`, [email]);
    await test.query(
      `update session_tokens set created_at = ${long}, used_at = used_at - interval '91 days' where session_id in (${of})`,
      [email],
    );
  };
  const kept = async (email: string) =>
    (
      await test.query(
        `select count(distinct s.id)::int as sessions, count(t.*)::int as tokens from sessions s
          join users u on u.id = s.user_id left join session_tokens t on t.session_id = s.id where u.email = $1`,
        [email],
      )
    )[0];

  it('goes when nobody has renewed one for 90 days and its user signs in anew', async () => {
    const email = 'left@visanet.app';
    const { refreshToken } = await comeIn(door, email);
    await refresh(refreshToken);
    await age(email);
    await signIn(email);
    expect(await kept(email)).toEqual({ sessions: 1, tokens: 1 });
  });

  it('stays of one that goes on, but for the tokens that were exchanged so long ago', async () => {
    const email = 'stays@visanet.app';
    const { refreshToken } = await comeIn(door, email);
    const { data } = await refresh(refreshToken);
    await age(email);
    const renewed = await refresh((data as { refreshToken: string }).refreshToken);
    await signIn(email);
    expect(await kept(email)).toEqual({ sessions: 2, tokens: 3 });
    expect(await me((renewed.data as { accessToken: string }).accessToken)).toBe(200);
  });
});

describe('a new password', () => {
  const change = async (token: string, body: object) =>
    await door.ask('PUT', 'auth/password', { token, body });

  it('needs the old one, and ends the other sessions', async () => {
    const email = 'change@visanet.app';
    const [one, two] = [await comeIn(door, email), await comeIn(door, email)];
    const wrong = await change(one.accessToken, { currentPassword: 'Falsches-Pferd-9', newPassword: next });
    expect(wrong).toMatchObject({ status: 400, error: { details: [{ path: 'currentPassword' }] } });
    expect(await change(one.accessToken, { newPassword: next })).toMatchObject({ status: 400 });
    const done = await change(one.accessToken, { currentPassword: password, newPassword: next });
    expect([done.status, done.data]).toEqual([200, { status: 'changed' }]);
    expect([await me(one.accessToken), await me(two.accessToken)]).toEqual([200, 401]);
    expect([(await signIn(email)).status, (await signIn(email, next)).status]).toEqual([401, 200]);
  });

  it('is weighed as at signing up, and must be another one', async () => {
    const { accessToken } = await comeIn(door, 'weak@visanet.app');
    const weak = await change(accessToken, { currentPassword: password, newPassword: 'short' });
    expect([weak.status, weak.error?.details?.[0]?.path]).toEqual([400, 'newPassword']);
    const same = await change(accessToken, { currentPassword: password, newPassword: password });
    expect([same.status, same.error?.details?.[0]?.path]).toEqual([400, 'newPassword']);
  });

  it('is set without the old one by who opened a link to set one, for a quarter of an hour', async () => {
    const email = 'forgot@visanet.app';
    await comeIn(door, email);
    const open = async () => {
      await door.ask('POST', 'auth/reset-password', { body: { email } });
      const tokenHash = server.mails.findLast((mail) => mail.email === email)?.tokenHash ?? '';
      return browserOf(await door.ask('GET', `auth/confirm?token_hash=${tokenHash}&type=recovery`));
    };
    const late = await open();
    await test.query(
      `update sessions set started_at = now() - interval '16 minutes' where method = 'recovery'`,
    );
    const body = { newPassword: next };
    expect((await door.ask('POST', 'auth/password', { headers: late.csrf, body })).status).toBe(400);
    const soon = await open();
    expect((await door.ask('POST', 'auth/password', { headers: soon.csrf, body })).status).toBe(200);
    expect((await signIn(email, next)).status).toBe(200);
  });

  it('cannot be guessed at from a session that somebody left open', async () => {
    const { accessToken } = await comeIn(door, 'open@visanet.app');
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const body = { currentPassword: `Falsches-Pferd-${n}`, newPassword: next };
      statuses.push((await change(accessToken, body)).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429]);
  });
});

describe('a browser', () => {
  const byCookies = async (email: string) => {
    await comeIn(door, email);
    return await door.ask('POST', 'auth/signin', { body: { email, password, cookies: true } });
  };

  it('gets its tokens in cookies that no script reads, and none in the answer', async () => {
    const answer = await byCookies('browser@visanet.app');
    expect(answer.data).toEqual({
      expiresIn: 3_600,
      csrfToken: expect.any(String),
      user: expect.objectContaining({ email: 'browser@visanet.app' }),
    });
    const [access, refreshing, csrf] = answer.cookies;
    const locked = { httpOnly: true, sameSite: 'Lax' };
    expect(access).toMatchObject({ ...locked, name: 'visapi_session', path: '/' });
    expect(refreshing).toMatchObject({ ...locked, name: 'visapi_refresh', path: '/api/v1/auth' });
    expect(csrf).toMatchObject({ name: 'visapi_csrf', path: '/', sameSite: 'Lax' });
    expect(csrf).not.toHaveProperty('httpOnly');
  });

  it('is not signed in by a page of somebody else', async () => {
    await comeIn(door, 'planted@visanet.app');
    const body = { email: 'planted@visanet.app', password, cookies: true };
    const shown: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of shown) {
      const answer = await door.ask('POST', 'auth/signin', { body, headers });
      expect([answer.status, answer.cookies]).toEqual([403, []]);
    }
  });

  it('reads by its cookie, and changes only with the token of its session', async () => {
    const { cookie, csrf } = browserOf(await byCookies('reads@visanet.app'));
    const other = browserOf(await byCookies('other@visanet.app'));
    const signOut = async (headers: Record<string, string>) =>
      (await door.ask('POST', 'auth/signout', { headers })).status;
    expect((await door.ask('GET', 'auth/me', { headers: { cookie } })).status).toBe(200);
    expect(await signOut({ cookie })).toBe(403);
    expect(await signOut({ cookie, 'x-csrf-token': 'made.up' })).toBe(403);
    expect(await signOut({ cookie, 'x-csrf-token': other.csrf['x-csrf-token'] })).toBe(403);
    expect(await signOut({ ...csrf, origin: 'https://evil.example' })).toBe(403);
    expect(await signOut({ ...csrf, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect((await door.ask('GET', 'auth/me', { headers: { cookie } })).status).toBe(200);
    expect(await signOut({ ...csrf, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect((await door.ask('GET', 'auth/me', { headers: { cookie } })).status).toBe(401);
  });

  it('needs no such token for what it is believed for by a header', async () => {
    const { accessToken } = await comeIn(door, 'header@visanet.app');
    const headers = { cookie: 'visapi_session=made-up', origin: 'https://evil.example' };
    expect((await door.ask('POST', 'auth/signout', { token: accessToken, headers })).status).toBe(200);
  });

  it('gets new tokens by its cookie, with the token of its session alone', async () => {
    const { cookie, csrf } = browserOf(await byCookies('renews@visanet.app'));
    expect((await door.ask('POST', 'auth/refresh', { headers: { cookie } })).status).toBe(403);
    expect((await door.ask('POST', 'auth/refresh', {})).status).toBe(401);
    const renewed = await door.ask('POST', 'auth/refresh', { headers: csrf });
    expect(renewed.status).toBe(200);
    const now = browserOf(renewed);
    expect((await door.ask('GET', 'auth/me', { headers: { cookie: now.cookie } })).status).toBe(200);
    expect((await door.ask('POST', 'auth/refresh', { headers: csrf })).status).toBe(401);
    expect((await door.ask('GET', 'auth/me', { headers: { cookie: now.cookie } })).status).toBe(401);
  });

  it('forgets its cookies when it signs out', async () => {
    const { csrf } = browserOf(await byCookies('forgets@visanet.app'));
    const { cookies } = await door.ask('POST', 'auth/signout', { headers: csrf });
    expect(cookies.map(({ name, value, path }) => [name, value, path])).toEqual([
      ['visapi_session', '', '/'],
      ['visapi_refresh', '', '/api/v1/auth'],
      ['visapi_csrf', '', '/'],
    ]);
  });
});
