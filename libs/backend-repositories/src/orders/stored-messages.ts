import type { Executor } from '../db/database.js';
import { openColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';
import { messageStatus } from '../messaging/message-lists.repository.js';

/** A message of an order with its words, as they are or were to be sent. */
export interface StoredMessage {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly phone: string | null;
  readonly applicantId: string | null;
  /** JSON list of texts; null = nothing is worded. */
  readonly parameters: Buffer | null;
  /** JSON of the header's document; null = none. */
  readonly document: Buffer | null;
}

/** Messages of one template, oldest first. */
export async function storedMessages(
  executor: Executor,
  orderId: string,
  template: string,
): Promise<StoredMessage[]> {
  const rows = await executor
    .selectFrom('messages as m')
    .innerJoin('effects as e', 'e.id', 'm.effectId')
    .select(['m.effectId as id', 'e.reason', 'm.phone', 'm.applicantId'])
    .select(['m.parameters', 'm.parametersKeyId', 'm.document', 'm.documentKeyId'])
    .select([
      storedKey('m.parametersKeyId').as('parametersKey'),
      storedKey('m.documentKeyId').as('documentKey'),
    ])
    .select(messageStatus.as('status'))
    .where('m.orderId', '=', orderId)
    .where('m.template', '=', template)
    .orderBy('e.plannedAt')
    .orderBy('e.id')
    .execute();
  const vault = vaultOf(executor);
  return rows.map((row) => openColumns(vault, 'messages', row.id, row, ['parameters', 'document']));
}
