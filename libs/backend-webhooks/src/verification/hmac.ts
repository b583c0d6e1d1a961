import { createHmac, timingSafeEqual } from 'node:crypto';

const form = /^sha256=([0-9a-f]{64})$/i;

/**
 * Checks `sha256=<hex>` over the raw body, as Meta signs its webhooks with the app secret.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
 * @returns false also when the secret or the signature is missing
 */
export function verifySha256Signature(
  secret: string | undefined,
  body: Buffer,
  signature: string | undefined,
): boolean {
  const digest = form.exec(signature ?? '')?.[1];
  if (secret === undefined || digest === undefined) return false;
  const given = Buffer.from(digest, 'hex');
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(given, expected);
}
