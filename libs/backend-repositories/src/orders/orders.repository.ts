import { Injectable } from '@nestjs/common';
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import type { Orders } from '../db/schema.gen.js';
import type { NewEffect } from '../effects/index.js';
import { appendEvent, type NewEvent } from '../events/index.js';
import { applicantRows } from './create-order.js';

export type OrderRow = Selectable<Orders>;

/** What a delivery says about an order, as opposed to what we did with it. */
export type OrderContent = Pick<
  Insertable<Orders>,
  | 'formId'
  | 'branch'
  | 'domain'
  | 'paymentProcessor'
  | 'paymentId'
  | 'amount'
  | 'currency'
  | 'orderStatus'
  | 'clientName'
  | 'clientEmail'
  | 'clientPhone'
  | 'clientSex'
  | 'whatsappAlertsEnabled'
  | 'productName'
  | 'productCountry'
  | 'productDocType'
  | 'productIntent'
  | 'productEntries'
  | 'productValidity'
  | 'validityDays'
  | 'stayLimit'
  | 'visaQuantity'
  | 'urgency'
  | 'isUrgent'
  | 'processingDays'
  | 'entryDate'
  | 'applicants'
  | 'details'
  | 'warnings'
>;

const shown = [
  'orderId',
  'deliveryPosition',
  'branch',
  'orderStatus',
  'clientName',
  'clientEmail',
  'clientPhone',
  'whatsappAlertsEnabled',
  'productName',
  'productCountry',
  'productDocType',
  'productIntent',
  'productEntries',
  'productValidity',
  'validityDays',
  'visaQuantity',
  'amount',
  'currency',
  'urgency',
  'isUrgent',
  'processingDays',
  'entryDate',
  'warnings',
  'review',
  'cbbSynced',
  'whatsappConfirmationSent',
  'processedAt',
  'createdAt',
  'updatedAt',
] as const;

export type OrderView = Pick<OrderRow, (typeof shown)[number]>;

/** What becomes of a confirmation that nobody has claimed. */
export interface FollowedConfirmation {
  readonly semanticKey: string;
  readonly state: 'planned' | 'skipped';
  readonly reason: string | null;
  readonly phone: string | null;
  readonly parameters: Buffer | null;
}

/** What becomes of notices that nobody has claimed, when their order changes. */
export interface FollowedNotices {
  readonly state: 'planned' | 'skipped';
  readonly reason: string | null;
  readonly phone: string | null;
}

export interface OrderFilter {
  readonly branch?: string;
  readonly status?: string;
  readonly country?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly cbbSynced?: boolean;
  readonly whatsappConfirmationSent?: boolean;
  readonly createdFrom?: Date;
  readonly createdTo?: Date;
}

@Injectable()
export class OrdersRepository {
  /**
   * The order, locked until the transaction ends. Its effects are locked first: everything that records an outcome
   * takes them in this order, so that nobody waits in a circle.
   */
  async lock(executor: Executor, orderId: string): Promise<OrderRow | undefined> {
    await sql`select id from effects where order_id = ${orderId} order by id for update`.execute(executor);
    return await executor
      .selectFrom('orders')
      .selectAll()
      .where('orderId', '=', orderId)
      .forUpdate()
      .executeTakeFirst();
  }

  /**
   * Replaces what is known of an order by the content of a later delivery, plans the effects that follow from it and
   * lets its unclaimed confirmation follow. The caller holds the row's lock.
   */
  async applyChange(
    executor: Executor,
    change: {
      orderId: string;
      content: OrderContent;
      appliedPosition: number;
      contact: NewEffect | undefined;
      confirmation: FollowedConfirmation | undefined;
      notices: FollowedNotices | undefined;
      /** Undefined when they are the same as before. */
      applicantIds: readonly string[] | undefined;
      /** Names of changed fields that a person has to look at. */
      review: readonly string[];
      event: NewEvent;
    },
  ): Promise<void> {
    const { orderId, content, confirmation, notices, contact, applicantIds } = change;
    await executor
      .updateTable('orders')
      .set({ ...content, appliedPosition: change.appliedPosition, updatedAt: sql<Date>`now()` })
      .set({ contentVersion: sql`content_version + 1`, eventVersion: change.event.aggregateVersion })
      .set(contact?.state === 'planned' ? { cbbSynced: false, processedAt: null } : {})
      .set({ review: sql`array(select distinct unnest(review || ${[...change.review]}::text[]) order by 1)` })
      .where('orderId', '=', orderId)
      .executeTakeFirstOrThrow();
    if (contact) await executor.insertInto('effects').values(contact).execute();
    if (confirmation) await this.follow(executor, confirmation);
    if (notices) await this.followNotices(executor, orderId, notices);
    if (applicantIds) await this.replaceApplicants(executor, orderId, applicantIds);
    await executor.insertInto('events').values(appendEvent(change.event)).execute();
  }

  /**
   * What is not yet claimed becomes what the order demands now. What is under way or uncertain keeps it in mind, for
   * the case that it turns out not to have been sent.
   */
  private async follow(executor: Executor, confirmation: FollowedConfirmation): Promise<void> {
    const { semanticKey, state, reason, phone, parameters } = confirmation;
    await sql`
      with followed as (
        update effects set state = ${state}, reason = ${reason}, due_at = clock_timestamp(), failed_at = null,
          skipped_at = case ${state}::text when 'skipped' then clock_timestamp() end
        where semantic_key = ${semanticKey}
          and (state in ('planned', 'skipped') or (state = 'failed' and reason = 'contact-failed'))
        returning id
      ), reminded as (
        update messages m set next_state = ${state}, next_reason = ${reason}, next_phone = ${phone},
          next_parameters = ${parameters}
        from effects e where e.semantic_key = ${semanticKey} and e.state in ('claimed', 'uncertain')
          and m.effect_id = e.id
      )
      update messages m set phone = ${phone}, parameters = ${parameters}
      from followed where m.effect_id = followed.id`.execute(executor);
  }

  /** A notice that waits to be sent goes where the order says now, or nowhere; its words stand. */
  private async followNotices(executor: Executor, orderId: string, notices: FollowedNotices): Promise<void> {
    const { state, reason, phone } = notices;
    await sql`
      with followed as (
        update effects set state = ${state}, reason = ${reason},
          skipped_at = case ${state}::text when 'skipped' then clock_timestamp() end
        where order_id = ${orderId} and kind = 'message' and state = 'planned' and awaits_contact
          and (purpose <> 'confirmation' or resend_of is not null)
        returning id, state
      )
      update messages m set phone = ${phone} from followed
      where m.effect_id = followed.id and followed.state = 'planned'`.execute(executor);
  }

  private async replaceApplicants(
    executor: Executor,
    orderId: string,
    ids: readonly string[],
  ): Promise<void> {
    await executor.deleteFrom('orderApplicants').where('orderId', '=', orderId).execute();
    await executor
      .insertInto('orderApplicants')
      .columns(['orderId', 'ordinal', 'applicantId'])
      .expression(applicantRows(orderId, ids))
      .execute();
  }

  async find(executor: Executor, orderId: string): Promise<OrderView | undefined> {
    return await executor
      .selectFrom('orders')
      .select(shown)
      .where('orderId', '=', orderId)
      .executeTakeFirst();
  }

  /** Orders, newest first. */
  async list(executor: Executor, filter: OrderFilter, page: Page): Promise<PageResult<OrderView>> {
    let query = executor.selectFrom('orders').select(shown);
    if (filter.branch !== undefined) query = query.where('branch', '=', filter.branch);
    if (filter.status !== undefined) query = query.where('orderStatus', '=', filter.status);
    if (filter.country !== undefined) query = query.where('productCountry', '=', filter.country);
    if (filter.phone !== undefined) query = query.where('clientPhone', '=', filter.phone);
    if (filter.email !== undefined) query = query.where('clientEmail', '=', filter.email);
    if (filter.cbbSynced !== undefined) query = query.where('cbbSynced', '=', filter.cbbSynced);
    if (filter.whatsappConfirmationSent !== undefined)
      query = query.where('whatsappConfirmationSent', '=', filter.whatsappConfirmationSent);
    if (filter.createdFrom !== undefined) query = query.where('createdAt', '>=', filter.createdFrom);
    if (filter.createdTo !== undefined) query = query.where('createdAt', '<', filter.createdTo);
    return await paginate(executor, query, 'delivery_position', (row) => String(row.deliveryPosition), page);
  }
}
