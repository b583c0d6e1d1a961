import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { verifySha256Signature } from './hmac.js';

const body = Buffer.from('{"שלום":"עולם"}');
const sign = (secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('verifySha256Signature', () => {
  it('accepts the signature of the very bytes', () => {
    expect(verifySha256Signature('secret', body, sign('secret'))).toBe(true);
  });

  it.each([
    ['another secret', sign('other')],
    ['no signature', undefined],
    ['an empty one', ''],
    ['the bare digest', sign('secret').slice(7)],
    ['another algorithm', sign('secret').replace('sha256', 'sha1')],
    ['a cut one', sign('secret').slice(0, -2)],
    ['one with rubbish', `${sign('secret')}zz`.replace('zz', '0')],
  ])('refuses %s', (_name, signature) => {
    expect(verifySha256Signature('secret', body, signature)).toBe(false);
  });

  it('refuses everything while no secret is configured', () => {
    expect(verifySha256Signature(undefined, body, sign('secret'))).toBe(false);
  });

  it('refuses a body that was parsed and written again', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(verifySha256Signature('secret', again, sign('secret'))).toBe(false);
  });
});
