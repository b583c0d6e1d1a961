import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { jwtSecret, startEmbeddedAuth } from './embedded-auth.js';
import { browserOf, comeIn, type Door, openDoor, password } from './people.js';

const next = 'Anderes-Pferd-8';
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let auth: Awaited<ReturnType<typeof startEmbeddedAuth>>;
let door: Door;

beforeAll(async () => {
  [test, redis, auth] = await Promise.all([createTestDatabase(), takeTestRedis(), startEmbeddedAuth()]);
  const config = { url: auth.url, anonKey: auth.publishableKey, serviceRoleKey: auth.secretKey, jwtSecret };
  door = await openDoor(test, redis, null, config);
}, 60_000);
afterAll(async () => {
  await door.close();
  await auth.close();
  await redis.close();
  await test.drop();
});

const me = async (token: string) => (await door.ask('GET', 'auth/me', { token })).status;

describe('with the Auth server of npm start', () => {
  it('somebody signs up, in, renews the session and signs out', async () => {
    const { accessToken, refreshToken } = await comeIn(door, 'dana@visanet.app');
    expect(await me(accessToken)).toBe(200);
    const renewed = await door.ask('POST', 'auth/refresh', { body: { refreshToken } });
    expect(renewed.status).toBe(200);
    const now = renewed.data as { accessToken: string; refreshToken: string };
    expect((await door.ask('POST', 'auth/signout', { token: now.accessToken })).status).toBe(200);
    expect(await me(now.accessToken)).toBe(401);
    const again = await door.ask('POST', 'auth/refresh', { body: { refreshToken: now.refreshToken } });
    expect(again.status).toBe(401);
  });

  it('a refresh token that comes again ends the session there as well, which it would not do by itself', async () => {
    const { refreshToken } = await comeIn(door, 'stolen@visanet.app');
    const renewed = await door.ask('POST', 'auth/refresh', { body: { refreshToken } });
    const { accessToken } = renewed.data as { accessToken: string };
    expect((await door.ask('POST', 'auth/refresh', { body: { refreshToken } })).status).toBe(401);
    expect(await me(accessToken)).toBe(401);
    const asked = await fetch(`${auth.url}/auth/v1/user`, {
      headers: { apikey: auth.publishableKey, authorization: `Bearer ${accessToken}` },
    });
    expect(asked.status).toBe(403);
  });

  it('a mailed link signs in, by the address that stands in its log', async () => {
    const email = 'link@visanet.app';
    await comeIn(door, email);
    await door.ask('POST', 'auth/magic-link', { body: { email } });
    const link = await auth.linkTo(email);
    expect(link.origin + link.pathname).toBe('https://api.visanet.app/api/v1/auth/confirm');
    const opened = await door.ask('GET', `auth/confirm${link.search}`);
    expect([opened.status, opened.headers['location']]).toEqual([303, 'https://staff.visanet.app/welcome']);
    const { cookie } = browserOf(opened);
    expect(await door.ask('GET', 'auth/me', { headers: { cookie } })).toMatchObject({ data: { email } });
    expect((await door.ask('GET', `auth/confirm${link.search}`)).status).toBe(401);
  });

  it('a forgotten password is set anew, and ends the other sessions', async () => {
    const email = 'forgot@visanet.app';
    const other = await comeIn(door, email);
    await door.ask('POST', 'auth/reset-password', { body: { email } });
    const { search } = await auth.linkTo(email);
    const { csrf } = browserOf(await door.ask('GET', `auth/confirm${search}`));
    const changed = await door.ask('PUT', 'auth/password', { headers: csrf, body: { newPassword: next } });
    expect([changed.status, await me(other.accessToken)]).toEqual([200, 401]);
    const signIn = async (given: string) =>
      (await door.ask('POST', 'auth/signin', { body: { email, password: given } })).status;
    expect([await signIn(password), await signIn(next)]).toEqual([401, 200]);
  });

  it('a password is changed for its owner alone', async () => {
    const [one, two] = [await comeIn(door, 'one@visanet.app'), await comeIn(door, 'two@visanet.app')];
    const body = { currentPassword: password, newPassword: next };
    expect((await door.ask('PUT', 'auth/password', { token: one.accessToken, body })).status).toBe(200);
    expect([await me(one.accessToken), await me(two.accessToken)]).toEqual([200, 200]);
    const signIn = async (email: string, given: string) =>
      (await door.ask('POST', 'auth/signin', { body: { email, password: given } })).status;
    expect(await signIn('two@visanet.app', password)).toBe(200);
    expect(await signIn('one@visanet.app', next)).toBe(200);
  });
});
