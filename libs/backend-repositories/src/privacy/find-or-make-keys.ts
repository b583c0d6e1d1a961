import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type DataKey, makeDataKey, type Purpose, unwrap, wrap } from './data-key.js';
import type { Keyring } from './keyring.js';

interface FoundKey {
  readonly subject: Buffer;
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
  const keys = new Map<string, DataKey>();
  const own = new Map<string, DataKey>();
  for (let look = 1; keys.size < subjects.length; look += 1) {
    if (look > mostLooks) throw new Error('Data keys of these subjects come and go: none can be held');
    const made = subjects.map(() => makeDataKey());
    for (const key of made) own.set(key.id, key);
    for (const { subject, ...found } of await findOrInsert(executor, purpose, subjects, made, keyring))
      keys.set(subject.toString('hex'), own.get(found.id) ?? unwrap(found, purpose, keyring));
  }
  return subjects.map((subject) => keys.get(subject.toString('hex')) as DataKey);
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
    with made as (
      insert into data_keys (id, purpose, subject, wrapped, key_id)
      -- Sorted, so that two who make the same keys wait in line instead of in a circle.
      select id, ${purpose}, subject, wrapped, ${keyring.writing.id}
      from unnest(${made.map(({ id }) => id)}::uuid[], ${[...subjects]}::bytea[],
        ${wrapped.map((key) => key.wrapped)}::bytea[]) as wanted (id, subject, wrapped) order by subject
      on conflict (subject) where destroyed_at is null do nothing
      returning subject, id, wrapped, key_id
    ), known as (
      select k.subject, k.id, k.wrapped, k.key_id from data_keys k
      where k.subject = any(${[...subjects]}::bytea[]) and k.destroyed_at is null for key share of k
    )
    select * from made union all select * from known`.execute(executor);
  return result.rows;
}

/** A data key of nobody in particular, stored before it is used. */
export async function storeKey(executor: Executor, purpose: Purpose, keyring: Keyring): Promise<DataKey> {
  const key = makeDataKey();
  const { wrapped, keyId } = wrap(key, purpose, keyring);
  await executor.insertInto('dataKeys').values({ id: key.id, purpose, wrapped, keyId }).execute();
  return key;
}
