import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { DataKey } from '../privacy/data-key.js';
import { openColumns, sealColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';

const words = ['parameters', 'document', 'nextParameters'] as const;

type StoredWords = { readonly effectId: string } & StoredColumns<(typeof words)[number]>;

/**
 * Seals the words of an order's messages by the key of the person whose order it is now: they belong to whoever has the
 * phone since it was corrected, and must not go when the one who had it before is forgotten. Mostly there are none to change.
 */
export async function handWords(executor: Executor, orderId: string, key: DataKey): Promise<void> {
  const others = await sql<StoredWords>`
    select m.effect_id, m.parameters, m.parameters_key_id, m.document, m.document_key_id, m.next_parameters,
      m.next_parameters_key_id, ${storedKey('m.parameters_key_id')} as parameters_key,
      ${storedKey('m.document_key_id')} as document_key, ${storedKey('m.next_parameters_key_id')} as next_parameters_key
    from messages m where m.order_id = ${orderId}
      and ((m.parameters is not null and m.parameters_key_id is distinct from ${key.id}::text)
        or (m.document is not null and m.document_key_id is distinct from ${key.id}::text)
        or (m.next_parameters is not null and m.next_parameters_key_id is distinct from ${key.id}::text))
    order by m.effect_id`.execute(executor);
  for (const stored of others.rows) {
    const { effectId, parameters, document, nextParameters } = openColumns(
      vaultOf(executor),
      'messages',
      stored.effectId,
      stored,
      words,
    );
    await executor
      .updateTable('messages')
      .set(sealColumns(key, 'messages', effectId, { parameters, document, nextParameters }))
      .where('effectId', '=', effectId)
      .returning('effectId')
      .executeTakeFirstOrThrow();
  }
}
