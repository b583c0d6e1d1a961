import { describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { Log, LogBuffer } from '@visapi/backend-observability';
import { quietProcess } from '@visapi/backend-testing';
import { FakeAuth } from '../sessions/fake-auth.js';
import { endAtProvider } from './end-at-provider.js';

const from = { correlationId: 'c-1', ip: null };
const [email, password] = ['dana@visanet.app', 'Korrekt-Pferd-7'];

async function ended(fault: Error | undefined) {
  const provider = new FakeAuth('http://127.0.0.1:9', 'a-shared-key-of-an-invented-project-0123456789');
  await provider.signUp(email, password, undefined);
  const session = await provider.signIn(email, password);
  const accessToken = session?.accessToken ?? '';
  const lines = new LogBuffer(() => undefined);
  const log = Log.create(quietProcess, 'test');
  log.keepIn(lines);
  provider.fault = fault;
  await endAtProvider({ provider, log }, accessToken, 'local', from);
  provider.fault = undefined;
  return { lines: lines.take(10), isLive: await provider.isLive(accessToken), accessToken };
}

describe('a session that has ended here', () => {
  it('ends at Supabase Auth, without a word', async () => {
    await expect(ended(undefined)).resolves.toMatchObject({ isLive: false, lines: [] });
  });

  it.each([
    ['is away', new AppError('unavailable', 'Supabase Auth cannot be asked now.'), 'UNAVAILABLE'],
    ['answers what nobody understands', new TypeError('of token eyJx'), undefined],
  ])('stays ended when that %s, and operators read it without the token', async (_name, fault, code) => {
    const { lines, isLive, accessToken } = await ended(fault);
    expect(isLive).toBe(true);
    expect(lines).toMatchObject([
      { level: 'warn', message: 'a session could not be ended at Supabase Auth', correlationId: 'c-1' },
    ]);
    expect(lines[0]?.fields['errorCode']).toBe(code);
    expect(JSON.stringify(lines)).not.toMatch(accessToken);
    expect(JSON.stringify(lines)).not.toMatch('eyJx');
  });
});
