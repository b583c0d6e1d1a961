import type { Executor } from '../db/database.js';
import { messageStatus } from '../messaging/messages.repository.js';

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
  return await executor
    .selectFrom('messages as m')
    .innerJoin('effects as e', 'e.id', 'm.effectId')
    .select(['m.effectId as id', 'e.reason', 'm.phone', 'm.applicantId', 'm.parameters', 'm.document'])
    .select(messageStatus.as('status'))
    .where('m.orderId', '=', orderId)
    .where('m.template', '=', template)
    .orderBy('e.plannedAt')
    .orderBy('e.id')
    .execute();
}
