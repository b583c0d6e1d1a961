import { Injectable } from '@nestjs/common';
import type { Executor } from '../db/database.js';

/** How far the receipts say that a message came. */
export interface MessageTimes {
  readonly id: string;
  readonly providerMessageId: string | null;
  readonly binding: string | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
}

@Injectable()
export class TimelineRepository {
  async messages(executor: Executor, orderId: string): Promise<MessageTimes[]> {
    return await executor
      .selectFrom('messages')
      .select(['effectId as id', 'providerMessageId', 'binding', 'sentAt', 'deliveredAt', 'readAt'])
      .where('orderId', '=', orderId)
      .orderBy('effectId')
      .execute();
  }
}
