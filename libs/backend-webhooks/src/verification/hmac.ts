import { createHmac, timingSafeEqual } from 'node:crypto';

const prefix = 'sha256=';

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
  if (secret === undefined || signature === undefined || !signature.startsWith(prefix)) return false;
  const given = Buffer.from(signature.slice(prefix.length), 'hex');
  const expected = createHmac('sha256', secret).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
