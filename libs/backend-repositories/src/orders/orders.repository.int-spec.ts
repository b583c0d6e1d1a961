import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, plantOrder, type TestDatabase, until } from '@visapi/backend-testing';
import type { Executor } from '../db/database.js';
import { readOrderRow } from './find-order.js';
import { contentOf, type OrderRow, OrdersRepository } from './orders.repository.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

const orders = new OrdersRepository();

/** What a later delivery says: another name in the order's row, other details beside it. */
async function change(executor: Executor, row: OrderRow): Promise<void> {
  const content = { ...contentOf(row), clientName: 'נועה לדוגמה', details: Buffer.from('{"changed":1}') };
  await orders.applyChange(executor, {
    ...{ orderId: row.orderId, content, appliedPosition: row.appliedPosition + 1, review: [] },
    ...{ contact: undefined, confirmation: undefined, notices: undefined, applicantIds: undefined },
    event: {
      ...{ type: 'order.changed', aggregateType: 'order', aggregateId: row.orderId, actor: 'source:vizi' },
      ...{ aggregateVersion: row.eventVersion + 1, correlationId: 'changed', payload: {} },
    },
  });
}

it('shows whoever waited for an order all of it as it is now, its details as well', async () => {
  const { orderId } = await plantOrder(test);
  const { db } = test.database;
  const waits = `select count(*)::int as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  let waited: Promise<OrderRow | undefined> | undefined;
  await db.transaction().execute(async (first) => {
    // Holds the order alone, as those do who write its flags.
    await first.selectFrom('orders').select('orderId').where('orderId', '=', orderId).forUpdate().execute();
    waited = db.transaction().execute(async (second) => await orders.lock(second, orderId));
    await until(
      () => test.query<{ waiting: number }>(waits),
      ([row]) => row?.waiting === 1,
    );
    const before = await readOrderRow(first, orderId);
    if (!before) throw new Error('There is no such order');
    await change(first, before);
  });
  const seen = await waited;
  expect(seen?.clientName).toBe('נועה לדוגמה');
  expect(seen?.details?.toString()).toBe('{"changed":1}');
});
