import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { OrderDetails, Orders } from '../db/schema.gen.js';
import { openColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';

/** What a notice needs to know of its order. */
export type NoticedOrderRow = Pick<
  Selectable<Orders>,
  | 'orderId'
  | 'branch'
  | 'clientName'
  | 'clientPhone'
  | 'orderStatus'
  | 'whatsappAlertsEnabled'
  | 'productCountry'
  | 'processingDays'
> &
  Pick<Selectable<OrderDetails>, 'applicants'>;

/** A notice that exists already. */
export interface KnownNotice {
  readonly id: string;
  readonly semanticKey: string;
  readonly state: string;
  readonly template: string;
  readonly applicantId: string | null;
  /** Whether another message has been sent in its stead. */
  readonly isReplaced: boolean;
}

const columns = [
  'orders.orderId',
  'branch',
  'clientName',
  'clientPhone',
  'orderStatus',
  'whatsappAlertsEnabled',
  'productCountry',
  'applicants',
  'applicantsKeyId',
  'processingDays',
] as const;

@Injectable()
export class NoticedOrdersRepository {
  /** Locked until the transaction ends, so that a change of the order comes before or after a notice, never between. */
  async lock(executor: Executor, orderId: string): Promise<NoticedOrderRow | undefined> {
    // Both rows: of one that is not locked, a statement that waited would see what stood there before.
    return opened(executor, await noticedOrder(executor, orderId).forUpdate().executeTakeFirst());
  }

  async find(executor: Executor, orderId: string): Promise<NoticedOrderRow | undefined> {
    return opened(executor, await noticedOrder(executor, orderId).executeTakeFirst());
  }

  /** The order of an applicant; of several (a form paid for twice) the newest. */
  async orderOfApplicant(executor: Executor, applicantId: string): Promise<string | undefined> {
    const result = await sql<{ orderId: string }>`
      select o.order_id from order_applicants a join orders o on o.order_id = any(array[a.order_id])
      where a.applicant_id = ${applicantId} and not a.removed
      -- Expressions, so that only the index on the applicant fits.
      order by o.delivery_position + 0 desc limit 1`.execute(executor);
    return result.rows[0]?.orderId;
  }

  /** Notices of one kind that an order has, oldest first. */
  async notices(executor: Executor, orderId: string, purpose: 'issues' | 'visa'): Promise<KnownNotice[]> {
    const result = await sql<KnownNotice>`
      select e.id, e.semantic_key, e.state, m.template, m.applicant_id,
        exists (select from effects again where again.resend_of = e.id) as is_replaced
      from effects e join messages m on m.effect_id = e.id
      where e.order_id = ${orderId} and e.purpose = ${purpose} order by e.planned_at, e.id`.execute(executor);
    return result.rows;
  }
}

function noticedOrder(executor: Executor, orderId: string) {
  return executor
    .selectFrom('orders')
    .innerJoin('orderDetails', 'orderDetails.orderId', 'orders.orderId')
    .select(columns)
    .select(storedKey('orderDetails.applicantsKeyId').as('applicantsKey'))
    .where('orders.orderId', '=', orderId);
}

function opened<R extends { readonly orderId: string } & StoredColumns<'applicants'>>(
  executor: Executor,
  row: R | undefined,
) {
  return row && openColumns(vaultOf(executor), 'order_details', row.orderId, row, ['applicants']);
}
