import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto';

/** First byte of everything that is sealed: which of our forms follows. */
const version = 1;
const ivLength = 12;
const tagLength = 16;

/** Version, random IV and tag, before the bytes themselves. */
export const overhead = 1 + ivLength + tagLength;

/** AES-256. */
export const keyLength = 32;

/** Random bytes are asked of the system for many at once: to ask costs more than to encrypt. */
const pool = Buffer.alloc(ivLength * 1024);
let drawn = pool.length;

/**
 * AES-256-GCM. Keys are objects of Node: the same key as bytes costs 10 µs more, each time. What the bytes are bound to is not stored; who opens them has to say the same.
 * @returns version byte, 96-bit IV, 128-bit tag, ciphertext
 */
export function sealBytes(key: KeyObject, boundTo: string, bytes: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(overhead + bytes.length);
  sealed[0] = version;
  drawIv(sealed);
  const cipher = createCipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + ivLength));
  cipher.setAAD(Buffer.from(boundTo));
  cipher.update(bytes).copy(sealed, overhead);
  // In this mode nothing is left over for the end.
  cipher.final();
  cipher.getAuthTag().copy(sealed, 1 + ivLength);
  return sealed;
}

/** @throws when these are not the bytes that were sealed by this key and bound to this */
export function openBytes(key: KeyObject, boundTo: string, sealed: Buffer): Buffer {
  if (sealed.length < overhead || sealed[0] !== version)
    throw new Error(`Sealed bytes of ${boundTo} are of no form that is known here`);
  const iv = sealed.subarray(1, 1 + ivLength);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(sealed.subarray(1 + ivLength, overhead));
  const bytes = decipher.update(sealed.subarray(overhead));
  try {
    decipher.final();
  } catch (cause) {
    throw new Error(`Sealed bytes of ${boundTo} were changed, moved or sealed by another key`, { cause });
  }
  return bytes;
}

function drawIv(into: Buffer): void {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  pool.copy(into, 1, drawn, drawn + ivLength);
  // None is ever used twice, nor can be read afterwards where it is no longer needed.
  drawn += ivLength;
}
