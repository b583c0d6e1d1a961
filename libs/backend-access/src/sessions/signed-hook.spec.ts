import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedHook, type SignedRequest } from './signed-hook.js';

const key = Buffer.from('a-key-of-a-hook-that-was-made-up');
const [secret, older] = [
  `v1,whsec_${key.toString('base64')}`,
  `v1,whsec_${Buffer.alloc(32, 7).toString('base64')}`,
];
const now = new Date('2026-11-21T12:00:00Z');
const at = (seconds: number) => String(now.getTime() / 1_000 + seconds);
const body = Buffer.from('{"user":{"email":"dana@visanet.app"}}');

function signature(id: string, timestamp: string, bytes = body, with_: Buffer = key): string {
  return `v1,${createHmac('sha256', with_).update(`${id}.${timestamp}.`).update(bytes).digest('base64')}`;
}

function request(changes: Partial<SignedRequest> = {}): SignedRequest {
  return { id: 'msg_1', timestamp: at(0), signature: signature('msg_1', at(0)), body, ...changes };
}

describe('an order to send a mail', () => {
  it.each<[string, string, SignedRequest]>([
    ['signed with the secret', secret, request()],
    ['signed 4 minutes ago', secret, signedAt(-240)],
    ['signed by a clock that is ahead', secret, signedAt(240)],
    ['with several signatures', secret, request({ signature: `v1,bm8= ${signature('msg_1', at(0))}` })],
    ['while the secret is changed', `${older}|${secret}`, request()],
    ['with a secret without its prefix', secret.replace('v1,whsec_', ''), request()],
  ])('is taken %s', (_name, secrets, given) => {
    expect(isSignedHook(secrets, given, now)).toBe(true);
  });

  it.each<[string, string | undefined, SignedRequest]>([
    ['where no secret is set', undefined, request()],
    ['where the secret is empty', '', request()],
    ['where the secret is short', 'v1,whsec_YWJj', request({ signature: shortSignature() })],
    ['with another secret', older, request()],
    ['without a signature', secret, request({ signature: undefined })],
    ['with an empty signature', secret, request({ signature: '' })],
    ['without an id', secret, request({ id: undefined })],
    ['with another id', secret, request({ id: 'msg_2' })],
    ['without a time', secret, request({ timestamp: undefined })],
    ['with another time', secret, request({ timestamp: at(1) })],
    ['signed 6 minutes ago', secret, signedAt(-360)],
    ['signed for a time to come', secret, signedAt(360)],
    [
      'with a time that is no number',
      secret,
      request({ timestamp: 'now', signature: signature('msg_1', 'now') }),
    ],
    ['with another body', secret, request({ body: Buffer.from('{}') })],
    [
      'with a signature of another version',
      secret,
      request({ signature: signature('msg_1', at(0)).replace('v1', 'v1a') }),
    ],
    ['with a cut signature', secret, request({ signature: signature('msg_1', at(0)).slice(0, -6) })],
    ['with the digest in hexadecimal', secret, request({ signature: hexadecimal() })],
  ])('is refused %s', (_name, secrets, given) => {
    expect(isSignedHook(secrets, given, now)).toBe(false);
  });
});

function signedAt(seconds: number): SignedRequest {
  return request({ timestamp: at(seconds), signature: signature('msg_1', at(seconds)) });
}

function shortSignature(): string {
  return signature('msg_1', at(0), body, Buffer.from('abc'));
}

function hexadecimal(): string {
  return `v1,${createHmac('sha256', key)
    .update(`msg_1.${at(0)}.`)
    .update(body)
    .digest('hex')}`;
}
