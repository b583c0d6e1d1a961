import { createHmac, timingSafeEqual } from 'node:crypto';

const toleranceSeconds = 300;

export interface SignedRequest {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/**
 * Standard Webhooks, as Supabase signs its hooks: HMAC-SHA-256 of `id.timestamp.body` by any of our secrets is any of the
 * signatures. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @param secrets `v1,whsec_<base64>`, several with | between
 */
export function isSignedHook(secrets: string | undefined, request: SignedRequest, now: Date): boolean {
  const { id, timestamp, signature, body } = request;
  if (!secrets || !id || !timestamp || !signature) return false;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > toleranceSeconds) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const wanted = keysOf(secrets).map((key) => createHmac('sha256', key).update(signed).digest());
  const given = signature.split(' ', 20).flatMap((one) => {
    const [version, value = ''] = one.split(',', 2);
    return version === 'v1' ? [Buffer.from(value, 'base64')] : [];
  });
  // Every pair is compared, so that it takes the same time whichever fits.
  return wanted.flatMap((key) => given.map((one) => isSame(key, one))).some(Boolean);
}

function keysOf(secrets: string): Buffer[] {
  return secrets
    .split('|')
    .map((one) =>
      Buffer.from(
        one
          .trim()
          .replace(/^v1,/, '')
          .replace(/^whsec_/, ''),
        'base64',
      ),
    )
    .filter((key) => key.length >= 24);
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
