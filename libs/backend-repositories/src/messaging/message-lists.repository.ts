import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';

export interface MessageRow {
  readonly id: string;
  readonly orderId: string;
  readonly purpose: string;
  readonly template: string;
  readonly language: string;
  readonly applicantId: string | null;
  readonly resendOf: string | null;
  readonly phone: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly providerMessageId: string | null;
  readonly binding: string | null;
  readonly correlationId: string;
  readonly plannedAt: Date;
  readonly claimedAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly failedAt: Date | null;
  readonly uncertainAt: Date | null;
  readonly skippedAt: Date | null;
  readonly attempt: number;
  readonly evidence: unknown;
}

export interface MessageFilter {
  readonly orderId?: string;
  readonly phone?: string;
  readonly status?: string;
  readonly template?: string;
}

/** Where a message stands: what we did, or how far its receipts say it came. */
export const messageStatus = sql<string>`case when e.state <> 'accepted' then e.state
  when m.read_at is not null then 'read' when m.delivered_at is not null then 'delivered'
  when m.sent_at is not null then 'sent' else 'accepted' end`;

/** The same as conditions that indexes serve. Those on what is under way know the state as an expression. */
const hasStatus = (status: string) =>
  ['accepted', 'sent', 'delivered', 'read'].includes(status)
    ? sql<boolean>`e.state = 'accepted' and ${messageStatus} = ${status}`
    : sql<boolean>`e.state = ${status} and e.state || '' = ${status}`;

/** Messages as they are shown: with how far they came, and without their words. */
@Injectable()
export class MessageListsRepository {
  async find(executor: Executor, id: string): Promise<MessageRow | undefined> {
    return await this.query(executor).where('m.effectId', '=', id).executeTakeFirst();
  }

  /** Messages, newest first. */
  async list(executor: Executor, filter: MessageFilter, page: Page): Promise<PageResult<MessageRow>> {
    let query = this.query(executor);
    if (filter.orderId !== undefined) query = query.where('m.orderId', '=', filter.orderId);
    if (filter.phone !== undefined) query = query.where('m.phone', '=', filter.phone);
    if (filter.template !== undefined) query = query.where('m.template', '=', filter.template);
    if (filter.status !== undefined) query = query.where(hasStatus(filter.status));
    return await paginate(executor, query, 'm.effect_id', (row) => row.id, page);
  }

  private query(executor: Executor) {
    return executor
      .selectFrom('messages as m')
      .innerJoin('effects as e', 'e.id', 'm.effectId')
      .select(['m.effectId as id', 'm.orderId', 'm.template', 'm.language', 'm.phone', 'm.providerMessageId'])
      .select(['e.purpose', 'm.applicantId', 'e.resendOf'])
      .select([
        'm.binding',
        'm.sentAt',
        'm.deliveredAt',
        'm.readAt',
        'e.failedAt',
        'e.reason',
        'e.correlationId',
      ])
      .select([
        'e.plannedAt',
        'e.claimedAt',
        'e.acceptedAt',
        'e.uncertainAt',
        'e.skippedAt',
        'e.attempt',
        'e.evidence',
      ])
      .select(messageStatus.as('status'));
  }
}
