import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '@visapi/backend-kernel';
import { AccessTokens } from '../src/sessions/access-token.js';
import type { AuthProvider } from '../src/sessions/auth-provider.js';
import { FakeAuth } from '../src/sessions/fake-auth.js';
import { SupabaseAuth } from '../src/sessions/supabase-auth.js';
import { jwtSecret, startEmbeddedAuth } from './embedded-auth.js';

const by = { correlationId: 'test', ip: '203.0.113.7' };
const password = 'Korrekt-Pferd-7';
const next = 'Anderes-Pferd-8';

/** An Auth server, and the hash in the last link that it mailed to somebody. */
interface Ground {
  readonly url: string;
  readonly provider: AuthProvider;
  lastLink(email: string): Promise<string>;
  close(): Promise<void>;
}

async function fake(): Promise<Ground> {
  const url = 'http://127.0.0.1:9';
  const provider = new FakeAuth(url, jwtSecret);
  return await Promise.resolve({
    url,
    provider,
    lastLink: async (email) =>
      await Promise.resolve(provider.mails.findLast((mail) => mail.email === email)?.tokenHash ?? ''),
    close: async () => await Promise.resolve(),
  });
}

/** The server of `npm start`. */
const embedded = (key: 'publishable' | 'secret') => async (): Promise<Ground> => {
  const server = await startEmbeddedAuth();
  const serviceRoleKey = key === 'secret' ? server.secretKey : undefined;
  const { url, publishableKey: anonKey } = server;
  return { ...server, provider: new SupabaseAuth({ url, anonKey, serviceRoleKey }) };
};

describe.each([
  ['the fake', fake],
  ['Supabase Lite', embedded('publishable')],
  ['Supabase Lite, asked with the secret key', embedded('secret')],
])('an Auth server (%s)', (_name, open) => {
  let ground: Ground;
  let counter = 0;

  beforeAll(async () => {
    ground = await open();
  }, 60_000);
  afterAll(async () => await ground.close());

  const somebody = async () => {
    const email = `dana${(counter += 1)}@visanet.app`;
    await ground.provider.signUp(email, password, undefined, by);
    return email;
  };
  const signedIn = async (email: string, given = password) => {
    const session = await ground.provider.signIn(email, given, by);
    if (!session) throw new Error(`${email} cannot sign in`);
    return session;
  };

  it('gives out sessions whose access tokens we can verify by ourselves', async () => {
    const email = await somebody();
    const session = await signedIn(email);
    const tokens = new AccessTokens({ url: ground.url, anonKey: 'x', jwtSecret }, new Clock());
    const { userId, sessionId } = session;
    expect(session).toMatchObject({ email, expiresIn: 3_600 });
    expect(await tokens.verify(session.accessToken)).toMatchObject({ userId, sessionId, email });
  });

  it('refuses wrong passwords and unknown addresses alike', async () => {
    const email = await somebody();
    expect(await ground.provider.signIn(email, next, by)).toBeUndefined();
    expect(await ground.provider.signIn('nobody@visanet.app', password, by)).toBeUndefined();
  });

  it('says nothing when a known address signs up, and leaves its password', async () => {
    const email = await somebody();
    await ground.provider.signUp(email, next, undefined, by);
    await signedIn(email);
    expect(await ground.provider.signIn(email, next, by)).toBeUndefined();
  });

  it('exchanges a refresh token for others of the same session', async () => {
    const session = await signedIn(await somebody());
    const renewed = await ground.provider.refresh(session.refreshToken, by);
    expect(renewed).toMatchObject({ sessionId: session.sessionId, userId: session.userId });
    expect(renewed?.refreshToken).not.toBe(session.refreshToken);
    expect(await ground.provider.refresh('made-up', by)).toBeUndefined();
  });

  it('says nothing when a link is asked for an unknown address', async () => {
    await ground.provider.sendLink('magic-link', 'nobody@visanet.app', undefined, by);
    await ground.provider.sendLink('recovery', 'nobody@visanet.app', undefined, by);
    expect(await ground.provider.signIn('nobody@visanet.app', password, by)).toBeUndefined();
  });

  it.each([
    ['magic-link', 'magiclink'],
    ['recovery', 'recovery'],
  ] as const)('mails a link (%s) that signs in once', async (kind, type) => {
    const email = await somebody();
    await ground.provider.sendLink(kind, email, undefined, by);
    const hash = await ground.lastLink(email);
    expect(await ground.provider.confirm('made-up', type, by)).toBeUndefined();
    expect(await ground.provider.confirm(hash, type, by)).toMatchObject({ email });
    expect(await ground.provider.confirm(hash, type, by)).toBeUndefined();
  });

  it('knows which sessions go on', async () => {
    const email = await somebody();
    const [one, two, three] = [await signedIn(email), await signedIn(email), await signedIn(email)];
    const live = async () =>
      await Promise.all([one, two, three].map(({ accessToken }) => ground.provider.isLive(accessToken, by)));
    expect(await live()).toEqual([true, true, true]);
    await ground.provider.signOut(one.accessToken, 'local', by);
    expect(await live()).toEqual([false, true, true]);
    await ground.provider.signOut(two.accessToken, 'others', by);
    expect(await live()).toEqual([false, true, false]);
    await ground.provider.signOut(two.accessToken, 'global', by);
    expect(await live()).toEqual([false, false, false]);
    expect(await ground.provider.refresh(two.refreshToken, by)).toBeUndefined();
    // One that has ended is no error.
    await ground.provider.signOut(one.accessToken, 'local', by);
  });

  it('changes the password of whoever asks, and nobody else’s', async () => {
    const [email, other] = [await somebody(), await somebody()];
    const session = await signedIn(email);
    await signedIn(other);
    expect(await ground.provider.changePassword(session.accessToken, next, by)).toBe('changed');
    expect(await ground.provider.signIn(email, password, by)).toBeUndefined();
    await signedIn(email, next);
    await signedIn(other);
    await ground.provider.signOut(session.accessToken, 'local', by);
    await expect(ground.provider.changePassword(session.accessToken, password, by)).rejects.toMatchObject({
      category: 'unauthenticated',
    });
  });
});

describe('Supabase Auth that cannot be reached', () => {
  it('is said to be away, soon, with nothing of what was asked', async () => {
    const begun = performance.now();
    const away = new SupabaseAuth({ url: 'http://127.0.0.1:9', anonKey: 'x', serviceRoleKey: undefined });
    for (const ask of [
      () => away.signIn('dana@visanet.app', password, by),
      () => away.refresh('token-1', by),
      () => away.signUp('dana@visanet.app', password, undefined, by),
      () => away.sendLink('recovery', 'dana@visanet.app', undefined, by),
      () => away.confirm('hash-1', 'recovery', by),
    ]) {
      const error = await ask().then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { category: string },
      );
      expect(error?.category).toBe('unavailable');
      const told = `${String(error?.message)}${String((error?.cause as Error | undefined)?.message)}`;
      expect(told).not.toMatch(/dana|Pferd|token-1|hash-1/);
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
