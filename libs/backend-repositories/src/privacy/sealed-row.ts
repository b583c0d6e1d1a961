import { columnOf } from '../db/records.js';
import { type DataKey, seal } from './data-key.js';
import { boundColumn } from './sealed-tables.js';
import type { Sealed, Vault } from './vault.js';

type Bytes = Buffer | null | undefined;

/** Columns of a row by name, each with the one that names its data key. */
type SealedColumns<T> = T & { readonly [N in keyof T & string as `${N}KeyId`]: string | null | undefined };

/** The same as a statement reads them, with the keys of `storedKey`. */
export type StoredColumns<N extends string> = { readonly [C in N]: Buffer | null } & {
  readonly [C in N as `${C}KeyId` | `${C}Key`]: string | null;
};

/** Columns of one row as they are stored. What is null, or not said, stays so. */
export function sealColumns<T extends Readonly<Record<string, Bytes>>>(
  key: DataKey,
  table: string,
  row: string,
  columns: T,
): SealedColumns<T> {
  const sealed: Record<string, Bytes | string> = {};
  for (const [name, bytes] of Object.entries(columns)) {
    const place = { table, column: boundColumn(columnOf(name)), row };
    sealed[name] = bytes ? seal(key, place, bytes) : bytes;
    sealed[`${name}KeyId`] = bytes ? key.id : bytes;
  }
  return sealed as SealedColumns<T>;
}

/** A row with these columns as they were before they were sealed, and nothing of their keys. */
export function openColumns<N extends string, R extends StoredColumns<N>>(
  vault: Vault,
  table: string,
  row: string,
  stored: R,
  names: readonly N[],
): Omit<R, `${N}KeyId` | `${N}Key`> {
  const opened: Record<string, unknown> = { ...stored };
  for (const name of names) {
    const [keyId, wrapped] = [`${name}KeyId`, `${name}Key`] as const;
    const sealed = { bytes: stored[name], keyId: opened[keyId], key: opened[wrapped] } as Sealed;
    opened[name] = vault.open({ table, column: boundColumn(columnOf(name)), row }, sealed);
    Reflect.deleteProperty(opened, keyId);
    Reflect.deleteProperty(opened, wrapped);
  }
  return opened as Omit<R, `${N}KeyId` | `${N}Key`>;
}
