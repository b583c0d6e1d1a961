import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { newId } from '@visapi/backend-kernel';
import { keyLength, openBytes, sealBytes } from './cipher.js';
import type { Keyring } from './keyring.js';

/** What a data key is for: the data of a person, bodies as they come in, or finding persons without naming them. */
export type Purpose = 'person' | 'deliveries' | 'index';

export interface DataKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** A data key as it is stored: encrypted by a key of the keyring. */
export interface WrappedKey {
  readonly id: string;
  readonly wrapped: Buffer;
  /** Which key of the keyring it is encrypted by. */
  readonly keyId: string;
}

/** Where sealed bytes stand. They can be opened nowhere else. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

export function makeDataKey(): DataKey {
  return { id: newId(), key: createSecretKey(randomBytes(keyLength)) };
}

export function wrap({ id, key }: DataKey, purpose: Purpose, keyring: Keyring): WrappedKey {
  const { id: keyId, key: wrapping } = keyring.writing;
  return { id, keyId, wrapped: sealBytes(wrapping, wrappedAs(id, purpose), key.export()) };
}

/** @throws when the keyring does not hold the key that it is encrypted by */
export function unwrap({ id, wrapped, keyId }: WrappedKey, purpose: Purpose, keyring: Keyring): DataKey {
  return { id, key: createSecretKey(openBytes(keyring.named(keyId), wrappedAs(id, purpose), wrapped)) };
}

export function seal({ id, key }: DataKey, place: Place, bytes: Buffer): Buffer {
  return sealBytes(key, boundTo(place, id), bytes);
}

export function open({ id, key }: DataKey, place: Place, sealed: Buffer): Buffer {
  return openBytes(key, boundTo(place, id), sealed);
}

/** Under what a person is found: says nothing of who it is to anybody without the index key. */
export function blindIndex(indexKey: KeyObject, person: string): Buffer {
  return createHmac('sha256', indexKey).update(person).digest();
}

function wrappedAs(id: string, purpose: Purpose): string {
  return `data_keys|${id}|${purpose}`;
}

function boundTo({ table, column, row }: Place, keyId: string): string {
  return `${table}|${column}|${row}|${keyId}`;
}
