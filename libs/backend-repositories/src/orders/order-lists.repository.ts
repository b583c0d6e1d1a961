import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import type { OrderRow } from './orders.repository.js';

/** The columns that lists and searches show of an order. */
export const shown = [
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
  /** Whether a change waits for somebody to look at it. */
  readonly review?: boolean;
  /** A warning such as `phone:invalid`, or a field to find all warnings about it. */
  readonly warning?: string;
}

/** Filters that mean "is exactly", with their columns. */
const equals = [
  ['branch', 'branch'],
  ['status', 'orderStatus'],
  ['country', 'productCountry'],
  ['phone', 'clientPhone'],
  ['email', 'clientEmail'],
  ['cbbSynced', 'cbbSynced'],
  ['whatsappConfirmationSent', 'whatsappConfirmationSent'],
] as const;

/** Those of them whose index does not regard the case of letters: asked for twice, so that it serves. */
const folded = [
  ['branch', 'branch'],
  ['status', 'orderStatus'],
  ['country', 'productCountry'],
  ['email', 'clientEmail'],
] as const;

export interface WarningCount {
  readonly warning: string;
  readonly orders: number;
}

/** Orders for those who look at them. */
@Injectable()
export class OrderListsRepository {
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
    for (const [field, column] of equals) {
      const wanted = filter[field];
      if (wanted !== undefined) query = query.where(column, '=', wanted);
      // True of every order of which a flag is not; the flags themselves have no index.
      if (wanted === false) query = query.where('incomplete', '=', true);
    }
    for (const [field, column] of folded) {
      const wanted = filter[field];
      if (wanted !== undefined)
        query = query.where(
          sql<boolean>`lower(${sql.ref(column)} collate "C") = lower(${wanted}::text collate "C")`,
        );
    }
    if (filter.createdFrom !== undefined) query = query.where('createdAt', '>=', filter.createdFrom);
    if (filter.createdTo !== undefined) query = query.where('createdAt', '<', filter.createdTo);
    if (filter.review !== undefined)
      query = query.where(filter.review ? sql<boolean>`review <> '{}'` : sql<boolean>`review = '{}'`);
    if (filter.warning !== undefined) query = query.where(isWarnedOf(filter.warning));
    return await paginate(executor, query, 'delivery_position', (row) => String(row.deliveryPosition), page);
  }

  /** How many orders carry each warning, the most frequent first. */
  async warningCounts(
    executor: Executor,
    { from, to }: { readonly from?: Date; readonly to?: Date },
  ): Promise<WarningCount[]> {
    const result = await sql<WarningCount>`
      select warning, count(*) as orders from orders, unnest(warnings) as warning
      where warnings <> '{}' ${from === undefined ? sql`` : sql`and created_at >= ${from}::timestamptz`}
        ${to === undefined ? sql`` : sql`and created_at < ${to}::timestamptz`}
      group by warning order by orders desc, warning`.execute(executor);
    return result.rows;
  }
}

function isWarnedOf(wanted: string) {
  return wanted.includes(':')
    ? sql<boolean>`warnings @> array[${wanted}]::text[] and warnings <> '{}'`
    : sql<boolean>`warnings <> '{}' and exists (select from unnest(warnings) as warning where split_part(warning, ':', 1) = ${wanted})`;
}
