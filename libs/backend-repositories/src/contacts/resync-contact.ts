import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { newestOrderColumns, type NewestOrder } from './newest-order.js';

/** An order as an operator's resync finds it. */
export interface ResyncTarget {
  readonly orderId: string;
  readonly branch: string;
  readonly clientPhone: string | null;
  readonly contentVersion: number;
}

/** The order, locked until the transaction ends, so that its phone stays what was read. */
export async function lockResyncTarget(
  executor: Executor,
  orderId: string,
): Promise<ResyncTarget | undefined> {
  return await executor
    .selectFrom('orders')
    .select(['orderId', 'branch', 'clientPhone', 'contentVersion'])
    .where('orderId', '=', orderId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The order whose values the CRM is to hold of this phone. */
export async function newestOrderOf(executor: Executor, phone: string): Promise<NewestOrder | undefined> {
  const result = await sql<NewestOrder>`select ${newestOrderColumns} from orders
    where client_phone = ${phone} and branch = 'il' order by delivery_position + 0 desc limit 1`.execute(
    executor,
  );
  return result.rows[0];
}
