import { createHmac, timingSafeEqual } from 'node:crypto';

const mostCharacters = 300;

/** A presented key, `<prefix>.<secret>`, cut at its last dot; undefined when it cannot be one. */
export function splitKey(presented: string): { prefix: string; secret: string } | undefined {
  const dot = presented.lastIndexOf('.');
  if (dot <= 0 || dot === presented.length - 1 || presented.length > mostCharacters) return undefined;
  return { prefix: presented.slice(0, dot), secret: presented.slice(dot + 1) };
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
