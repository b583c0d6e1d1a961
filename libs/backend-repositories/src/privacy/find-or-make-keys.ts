import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type DataKey, makeDataKey, type Purpose, unwrap, wrap } from './data-key.js';
import type { Keyring } from './keyring.js';

interface FoundKey {
  readonly ordinal: number;
  readonly id: string;
  readonly wrapped: Buffer;
  readonly keyId: string;
}

/** Somebody else made the key at this moment: the next look sees it. */
const mostLooks = 5;

/**
 * The living data key of each subject, in their order, made where there is none: one statement for all of them. What is
 * found is kept from being destroyed until the transaction ends, so that nothing is ever sealed for a key that is gone.
 * @param subjects blind indexes, each once
 */
export async function findOrMakeKeys(
  executor: Executor,
  purpose: Purpose,
  subjects: readonly Buffer[],
  keyring: Keyring,
): Promise<DataKey[]> {
  const keys = new Map<number, DataKey>();
  for (let look = 1; keys.size < subjects.length; look += 1) {
    if (look > mostLooks) throw new Error('Data keys of these subjects come and go: none can be held');
    const made = subjects.map(() => makeDataKey());
    for (const { ordinal, ...found } of await findOrInsert(executor, purpose, subjects, made, keyring)) {
      const own = made[ordinal - 1];
      keys.set(ordinal - 1, own?.id === found.id ? own : unwrap(found, purpose, keyring));
    }
  }
  return subjects.map((_, index) => keys.get(index) as DataKey);
}

async function findOrInsert(
  executor: Executor,
  purpose: Purpose,
  subjects: readonly Buffer[],
  made: readonly DataKey[],
  keyring: Keyring,
): Promise<FoundKey[]> {
  const wrapped = made.map((key) => wrap(key, purpose, keyring));
  const result = await sql<FoundKey>`
    with wanted as materialized (
      select * from unnest(${made.map(({ id }) => id)}::uuid[], ${[...subjects]}::bytea[],
        ${wrapped.map((key) => key.wrapped)}::bytea[]) with ordinality as given (id, subject, wrapped, ordinal)
    ), made as (
      insert into data_keys (id, purpose, subject, wrapped, key_id)
      -- Sorted, so that two who make the same keys wait in line instead of in a circle.
      select id, ${purpose}, subject, wrapped, ${keyring.writing.id} from wanted order by subject
      on conflict (subject) where destroyed_at is null do nothing
      returning id, wrapped, key_id
    ), known as (
      select wanted.ordinal, k.id, k.wrapped, k.key_id
      from wanted join data_keys k on k.subject = any(array[wanted.subject])
      where k.destroyed_at is null for key share of k
    )
    select wanted.ordinal, made.* from wanted join made on made.id = any(array[wanted.id])
    union all select * from known`.execute(executor);
  return result.rows;
}

/** A data key of nobody in particular, stored before it is used. */
export async function storeKey(executor: Executor, purpose: Purpose, keyring: Keyring): Promise<DataKey> {
  const key = makeDataKey();
  const { wrapped, keyId } = wrap(key, purpose, keyring);
  await executor.insertInto('dataKeys').values({ id: key.id, purpose, wrapped, keyId }).execute();
  return key;
}
