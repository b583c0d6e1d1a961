import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { openColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';
import { saidApart } from './order-content.js';
import type { OrderRow } from './orders.repository.js';

/** The whole order as it is stored: its row, and what stands apart from it. */
export function wholeOrder(executor: Executor, orderId: string) {
  return executor
    .selectFrom('orders')
    .innerJoin('orderDetails', 'orderDetails.orderId', 'orders.orderId')
    .selectAll('orders')
    .select(['applicants', 'applicantsKeyId', 'details', 'detailsKeyId'])
    .select([
      storedKey('orderDetails.applicantsKeyId').as('applicantsKey'),
      storedKey('orderDetails.detailsKeyId').as('detailsKey'),
    ])
    .where('orders.orderId', '=', orderId);
}

/** The whole order as it is now, without a lock. */
export async function readOrderRow(executor: Executor, orderId: string): Promise<OrderRow | undefined> {
  return openOrder(executor, await wholeOrder(executor, orderId).executeTakeFirst());
}

/** The same with what was sealed as it was before. */
export function openOrder<R extends { readonly orderId: string } & StoredColumns<'applicants' | 'details'>>(
  executor: Executor,
  row: R | undefined,
) {
  return row && openColumns(vaultOf(executor), 'order_details', row.orderId, row, saidApart);
}

/** The newest order of a phone; one of branch il, whose customers are written to, comes before all others. */
export async function newestOrderOfPhone(executor: Executor, phone: string): Promise<string | undefined> {
  const result = await sql<{ orderId: string }>`select order_id from orders where client_phone = ${phone}
    order by (branch = 'il') desc, delivery_position desc limit 1`.execute(executor);
  return result.rows[0]?.orderId;
}
