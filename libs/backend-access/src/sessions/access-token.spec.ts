import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AppError, Clock } from '@visapi/backend-kernel';
import { AccessTokens, looksLikeToken } from './access-token.js';

const secret = 'a-shared-key-of-an-invented-project-0123456789';
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;

let server: Server;
let url: string;
let fetches = 0;
let keysAreAway = false;
let tokens: AccessTokens;

const published = () => ({
  keys: [
    { ...elliptic.publicKey.export({ format: 'jwk' }), kid: 'ec-1', alg: 'ES256', use: 'sig' },
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', alg: 'RS256', use: 'sig' },
  ],
});

beforeAll(async () => {
  server = createServer((_request, response) => {
    fetches += 1;
    if (keysAreAway) response.writeHead(503).end();
    else response.end(JSON.stringify(published()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  keysAreAway = false;
  fetches = 0;
  tokens = tokensOf({ jwtSecret: secret });
});
afterAll(() => void server.close());

const tokensOf = ({ jwtSecret, clock = new Clock() }: { jwtSecret?: string; clock?: Clock }) =>
  new AccessTokens({ url, anonKey: 'sb_publishable_x', jwtSecret }, clock);

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1_000);

function payload(changes: object = {}): object {
  return {
    iss: `${url}/auth/v1`,
    aud: 'authenticated',
    role: 'authenticated',
    sub: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03',
    session_id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b04',
    email: 'dana@visanet.app',
    is_anonymous: false,
    iat: seconds(),
    exp: seconds() + 3_600,
    ...changes,
  };
}

function hmacToken(claims: object, header: object = {}, key: string = secret): string {
  const content = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(claims)}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

function signedToken(
  claims: object,
  header: object = {},
  key: KeyObject = elliptic.privateKey,
  alg = 'ES256',
): string {
  const content = `${encoded({ alg, kid: 'ec-1', typ: 'JWT', ...header })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

describe('an access token of the project', () => {
  it.each([
    ['ES256', () => signedToken(payload())],
    ['RS256', () => signedToken(payload(), { kid: 'rsa-1' }, rsa.privateKey, 'RS256')],
    ['HS256, where its secret is set', () => hmacToken(payload())],
    ['HS256 of Supabase Lite, which names no issuer', () => hmacToken(payload({ iss: undefined }))],
    ['a clock that is 20 s ahead', () => signedToken(payload({ iat: seconds() + 20 }))],
    ['an end that is 20 s past', () => signedToken(payload({ exp: seconds() - 20 }))],
  ])('is known by %s', async (_name, make) => {
    await expect(tokens.verify(make())).resolves.toMatchObject({
      userId: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03',
      sessionId: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b04',
      email: 'dana@visanet.app',
    });
  });

  it('costs one fetch of the keys, however many come', async () => {
    for (let n = 0; n < 20; n += 1) await tokens.verify(signedToken(payload({ iat: seconds() - n })));
    expect(fetches).toBe(1);
  });

  it('is not trusted longer than it lives, although it was right a moment ago', async () => {
    let ahead = 0;
    const clock = new (class extends Clock {
      override now(): Date {
        return new Date(Date.now() + ahead);
      }
    })();
    const patient = tokensOf({ jwtSecret: secret, clock });
    const token = hmacToken(payload({ exp: seconds() + 40 }));
    await patient.verify(token);
    ahead = 75_000;
    await expect(patient.verify(token)).rejects.toMatchObject({ category: 'unauthenticated' });
  });

  it('is neither right nor wrong while the keys cannot be had, and they are not asked for by each request', async () => {
    keysAreAway = true;
    for (let n = 0; n < 5; n += 1)
      await expect(tokens.verify(signedToken(payload()))).rejects.toMatchObject({ category: 'unavailable' });
    expect(fetches).toBe(1);
  });

  it('is not waited for by each request where the keys have grown old and cannot be had anew', async () => {
    await tokens.verify(signedToken(payload()));
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 700_000);
    try {
      keysAreAway = true;
      for (let n = 0; n < 5; n += 1)
        await expect(tokens.verify(signedToken(payload({ iat: seconds() - n })))).rejects.toMatchObject({
          category: 'unavailable',
        });
      expect(fetches).toBe(2);
    } finally {
      later.mockRestore();
    }
  });

  it('is never right where no project is set', async () => {
    const none = new AccessTokens({ url: undefined, anonKey: undefined, jwtSecret: secret }, new Clock());
    await expect(none.verify(hmacToken(payload()))).rejects.toMatchObject({ category: 'unauthenticated' });
  });
});

const embedded = () => stranger.publicKey.export({ format: 'jwk' });
const attacks: readonly (readonly [name: string, make: () => string])[] = [
  ['no signature (alg none)', () => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(payload())}.`],
  ['alg none in other letters', () => `${encoded({ alg: 'nOnE' })}.${encoded(payload())}.`],
  [
    'alg none with a signature',
    () => {
      const [, claims = '', signature = ''] = hmacToken(payload()).split('.');
      return `${encoded({ alg: 'none' })}.${claims}.${signature}`;
    },
  ],
  ['the public RSA key as HMAC secret', () => hmacToken(payload(), { kid: 'rsa-1' }, rsaPem)],
  ['the public RSA key as HMAC secret, unnamed', () => hmacToken(payload(), {}, rsaPem)],
  ['the right secret under the name of an asymmetric key', () => hmacToken(payload(), { kid: 'ec-1' })],
  ['HS512', () => hmacToken(payload(), { alg: 'HS512' })],
  ['another secret', () => hmacToken(payload(), {}, 'another-secret-of-nobody-at-all-123456')],
  ['an empty secret', () => hmacToken(payload(), {}, '')],
  ['a key of somebody else', () => signedToken(payload(), {}, stranger.privateKey)],
  ['a key name that nobody knows', () => signedToken(payload(), { kid: 'ec-2' })],
  ['the name of another key', () => signedToken(payload(), { kid: 'rsa-1' })],
  ['ES256 said to be RS256', () => signedToken(payload(), {}, elliptic.privateKey, 'RS256')],
  ['a key of its own (jwk)', () => signedToken(payload(), { jwk: embedded() }, stranger.privateKey)],
  [
    'an address of its own keys (jku)',
    () => signedToken(payload(), { jku: 'https://evil.example/jwks' }, stranger.privateKey),
  ],
  ['an address of a certificate (x5u)', () => signedToken(payload(), { x5u: 'https://evil.example/x' })],
  ['a certificate (x5c)', () => signedToken(payload(), { x5c: ['MIIB'] })],
  ['a critical extension', () => signedToken(payload(), { crit: ['exp'], exp: 1 })],
  ['a key name that is a path', () => signedToken(payload(), { kid: '../../../../dev/null' })],
  ['another issuer', () => signedToken(payload({ iss: 'https://evil.example/auth/v1' }))],
  ['another issuer, HS256', () => hmacToken(payload({ iss: 'https://evil.example/auth/v1' }))],
  ['no issuer, asymmetric', () => signedToken(payload({ iss: undefined }))],
  ['another audience', () => signedToken(payload({ aud: 'anon' }))],
  ['no audience', () => signedToken(payload({ aud: undefined }))],
  ['the role of the service', () => hmacToken(payload({ role: 'service_role' }))],
  ['the role of nobody', () => hmacToken(payload({ role: 'anon' }))],
  ['an anonymous user', () => signedToken(payload({ is_anonymous: true }))],
  ['an end in the past', () => signedToken(payload({ exp: seconds() - 60 }))],
  ['no end', () => signedToken(payload({ exp: undefined }))],
  ['an end that is a text', () => signedToken(payload({ exp: '9999999999' }))],
  ['a beginning in the future (nbf)', () => signedToken(payload({ nbf: seconds() + 120 }))],
  ['a birth in the future (iat)', () => signedToken(payload({ iat: seconds() + 120 }))],
  ['no birth', () => signedToken(payload({ iat: undefined }))],
  ['no user', () => signedToken(payload({ sub: undefined }))],
  ['a user that is no id', () => signedToken(payload({ sub: "' or 1=1 --" }))],
  ['no session', () => signedToken(payload({ session_id: undefined }))],
  ['no address', () => signedToken(payload({ email: '' }))],
  ['too many bytes', () => signedToken(payload({ junk: 'x'.repeat(9_000) }))],
  ['a megabyte', () => `eyJ${'a'.repeat(1_000_000)}.e30.e30`],
  ['no signature at all', () => signedToken(payload()).split('.').slice(0, 2).join('.') + '.'],
  ['half a signature', () => signedToken(payload()).slice(0, -20)],
  ['changed claims', () => swapped(signedToken(payload()), payload({ sub: randomUUID() }))],
  ['claims that are no JSON', () => `${encoded({ alg: 'HS256' })}.${'YWJj'}.YWJj`],
  ['a header that is no object', () => `${Buffer.from('"eyJ"').toString('base64url')}.e30.YWJj`],
  ['nothing that is a token', () => 'eyJ.eyJ.eyJ'],
  ['a NUL', () => 'eyJhbGciOiJIUzI1NiJ9.\u0000.e30'],
];

function swapped(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  return [header, encoded(claims), signature].join('.');
}

describe('a token with', () => {
  it.each(attacks)('%s is refused, in the same words as any other', async (_name, make) => {
    // Keys are known, as they are in a running process.
    await tokens.verify(signedToken(payload()));
    const refusal: AppError = await tokens.verify(make()).then(
      () => Promise.reject(new Error('It was taken')),
      (error: AppError) => error,
    );
    expect([refusal.category, refusal.code, refusal.message, refusal.details, refusal.cause]).toEqual([
      'unauthenticated',
      'UNAUTHENTICATED',
      'This access token is not valid.',
      undefined,
      undefined,
    ]);
  });

  it('the secret of the project is refused where no secret is set', async () => {
    await expect(tokensOf({}).verify(hmacToken(payload()))).rejects.toMatchObject({
      category: 'unauthenticated',
    });
  });
});

describe('what comes as Bearer', () => {
  it.each([
    [true, 'eyJhbGciOiJIUzI1NiJ9.e30.YWJj'],
    [true, 'eyJhbGciOiJIUzI1NiJ9.e30.'],
    [false, 'vizi.s3cret'],
    [false, 'eyJ.s3cret'],
    [false, 'visapi_live_0123456789ab.s3cret'],
    [false, 'eyJa.b.c.d'],
  ])('is a token: %s for %s', (expected, bearer) => {
    expect(looksLikeToken(bearer)).toBe(expected);
  });
});
