import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ProcessConfig } from '@visapi/backend-config';

const mostCharacters = 300;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const environments = { production: 'live', test: 'test', development: 'dev' } as const;
const idCharacters = 12;
/** log2(62^32) = 190.5 bits. */
const secretCharacters = 32;
const checksumCharacters = 6;

/**
 * Keys as they are given out, `visapi_<environment>_<id>.<secret><checksum>`; docs/api-keys.md states it for secret scanners.
 * Others, which an installation brought with it, are any `<prefix>.<secret>`.
 */
export const keyPattern = /^visapi_(?:live|test|dev)_[0-9A-Za-z]{12}\.[0-9A-Za-z]{38}$/;

/** The two parts of a key; only the first one is ever kept as it is. */
export interface KeyParts {
  readonly prefix: string;
  readonly secret: string;
}

export function newPrefix(environment: ProcessConfig['environment']): string {
  return `visapi_${environments[environment]}_${randomText(idCharacters)}`;
}

/** Its last characters say whether the rest was typed rightly, so that a misspelt or invented key needs no look-up. */
export function newSecret(prefix: string): string {
  const random = randomText(secretCharacters);
  return random + checksumOf(`${prefix}.${random}`);
}

/** A presented key, cut at its last dot; undefined when it cannot be one. */
export function splitKey(presented: string): KeyParts | undefined {
  const dot = presented.lastIndexOf('.');
  if (dot <= 0 || dot === presented.length - 1 || presented.length > mostCharacters) return undefined;
  return { prefix: presented.slice(0, dot), secret: presented.slice(dot + 1) };
}

/** Whether it looks like a key that we gave out and cannot be one. */
export function isMisspelt(presented: string): boolean {
  if (!keyPattern.test(presented)) return false;
  return checksumOf(presented.slice(0, -checksumCharacters)) !== presented.slice(-checksumCharacters);
}

/**
 * What of a secret is kept: HMAC-SHA-256 keyed with the pepper. Secrets are long random strings, so a fast keyed hash
 * is right; slow hashes are for passwords (OWASP Cryptographic Storage Cheat Sheet).
 */
export function hashSecret(secret: string, pepper: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

export function isSameHash(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** CRC-32 in our alphabet: against typing errors, not against anybody. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let written = '';
  for (let place = 0; place < checksumCharacters; place += 1) {
    written = (alphabet[rest % alphabet.length] ?? '') + written;
    rest = Math.floor(rest / alphabet.length);
  }
  return written;
}

/** Each character as likely as any other: bytes that would make the first ones likelier are thrown away. */
function randomText(length: number): string {
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length)
    for (const byte of randomBytes(length - text.length))
      if (byte < fair) text += alphabet[byte % alphabet.length] ?? '';
  return text;
}
