import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Purpose, unwrap, wrap, type WrappedKey } from './data-key.js';
import { vaultOf } from './vault.js';

/** How many living data keys each key of the keyring wraps. */
export interface WrappingUse {
  readonly keyId: string;
  readonly dataKeys: number;
}

/** The data keys themselves, as far as the keyring changes. Whoever seals finds them by the vault of his executor. */
@Injectable()
export class DataKeysRepository {
  /**
   * Wraps some data keys that an older key of the keyring wraps by its first one. What they have sealed stays as it is.
   * @returns the last one that was found; undefined = none is left behind `since`
   */
  async rewrapSome(
    executor: Executor,
    since: string | null,
    most: number,
  ): Promise<{ readonly rewrapped: number; readonly reached: string | undefined }> {
    const { keyring } = vaultOf(executor);
    const result = await sql<WrappedKey & { purpose: Purpose }>`
      select id, purpose, wrapped, key_id from data_keys
      where key_id <> ${keyring.writing.id} and wrapped is not null
        and id > coalesce(${since}::uuid, '00000000-0000-0000-0000-000000000000')
      order by id limit ${most} for no key update skip locked`.execute(executor);
    const again = result.rows.map((row) => wrap(unwrap(row, row.purpose, keyring), row.purpose, keyring));
    const done = await sql`
      update data_keys k set wrapped = given.wrapped, key_id = ${keyring.writing.id}
      from unnest(${again.map(({ id }) => id)}::uuid[], ${again.map(({ wrapped }) => wrapped)}::bytea[])
        as given (id, wrapped)
      where k.id = given.id and k.wrapped is not null`.execute(executor);
    return { rewrapped: Number(done.numAffectedRows ?? 0n), reached: again.at(-1)?.id };
  }

  async uses(executor: Executor): Promise<WrappingUse[]> {
    const result = await sql<WrappingUse>`
      select key_id, count(*) as data_keys from data_keys where wrapped is not null group by key_id order by key_id`.execute(
      executor,
    );
    return result.rows;
  }

  /** Whether a key of the keyring other than its first still wraps anything. */
  async isBehind(executor: Executor): Promise<boolean> {
    const result = await sql<{ behind: boolean }>`
      select exists (select from data_keys where key_id <> ${vaultOf(executor).keyring.writing.id}
        and wrapped is not null) as behind`.execute(executor);
    return result.rows[0]?.behind === true;
  }
}
