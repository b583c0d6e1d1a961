import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { MessagingModule, SettleMessage } from '@visapi/backend-messaging';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  plantOrder,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder } from '../commands/create-order.command.js';
import { OverdueRepository } from '@visapi/backend-repositories/operations';
import { UpdateOrderProcessing } from '../commands/update-order-processing.command.js';
import { OrdersModule } from '../orders.module.js';
import type { TimelineEntry } from '../timeline-entry.js';
import { GetOrderById } from './get-order-by-id.query.js';
import { GetOrderTimeline } from './get-order-timeline.query.js';
import { GetOrders } from './get-orders.query.js';

let test: TestDatabase;
let app: INestApplicationContext;
const messages = new MessagesRepository();

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule, MessagingModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function receive(id: string, changes: Record<string, unknown> = {}) {
  const body = viziOrder({ ...changes, order: { id, ...(changes['order'] as object) } });
  const { deliveryId } = await deliver(test.database, body);
  return deliveryId;
}

const make = async (id: string, changes: Record<string, unknown> = {}) =>
  await app.get(CommandBus).execute(new CreateOrder(await receive(id, changes)));
const timeline = async (id: string) => await app.get(QueryBus).execute(new GetOrderTimeline(id));
const inWords = ({ kind, status, detail }: TimelineEntry) => [kind, status, detail].filter(Boolean).join(' ');
const told = async (id: string) => (await timeline(id)).map(inWords);

describe('the timeline of an order', () => {
  it('tells of deliveries, the order, what it owes, repeats and changes, oldest first', async () => {
    await make('T1');
    await receive('T1');
    await make('T1', { form: { client: { email: 'new@example.test' } } });
    await expect(told('T1')).resolves.toEqual([
      'delivery.received accepted',
      'order.created created',
      'message.planned planned',
      'delivery.repeated duplicate once more',
      'delivery.received changed',
      'order.changed changed clientEmail',
    ]);
    const times = (await timeline('T1')).map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('tells why something was withheld', async () => {
    await make('T2', { order: { branch: 'se' } });
    const entries = await told('T2');
    expect(entries).toContain('contact.skipped skipped branch');
    expect(entries).toContain('message.skipped skipped branch');
    await deliver(test.database, viziOrder({ order: { id: 'T3-TEST' } }), { verdict: 'skipped' });
    await expect(told('T3-TEST')).resolves.toEqual(['delivery.received skipped test-order']);
  });

  it('tells once when an order was processed, or stood still for too long, and which step that was', async () => {
    await make('T4', { order: { branch: 'se' } });
    await app.get(CommandBus).execute(new UpdateOrderProcessing(['T4']));
    await app.get(CommandBus).execute(new UpdateOrderProcessing(['T4']));
    await make('T5');
    await test.query(`update effects set planned_at = now() - interval '6 min' where order_id = 'T5'`);
    const deliveryId = await receive('T5', { form: { client: { email: 'late@example.test' } } });
    await test.query(`update deliveries set received_at = now() - interval '6 min' where id = $1`, [
      deliveryId,
    ]);
    const overdue = new OverdueRepository();
    await overdue.announceOrders(test.database.db, 300, 10);
    await overdue.announceDeliveries(test.database.db, 300, 10);
    expect((await told('T4')).filter((entry) => entry.startsWith('order.'))).toEqual([
      'order.created created currency:not-of-branch',
      'order.processed processed',
    ]);
    const late = (await told('T5')).filter((entry) => entry.includes('overdue'));
    expect(late.sort()).toEqual(['delivery.overdue overdue', 'order.overdue overdue contact']);
  });

  it.each([
    [
      'not-sent',
      ['message.denied denied settled-not-sent', 'operator.settled settled not-sent: she says so'],
    ],
    ['sent', ['message.accepted accepted', 'operator.settled settled sent: she says so']],
  ] as const)(
    'tells of an attempt that nobody knew the end of, and who settled it as %s',
    async (outcome, end) => {
      const { orderId, messageId } = await plantOrder(test);
      const claim = await messages.claim(test.database.db, messageId, newId(), 3600);
      const left = { attempt: 1, answer: 'time-out', status: null };
      await messages.markUncertain(test.database.db, claim!, 'time-out', left);
      const by = { actor: 'key:operator', correlationId: 'settled' };
      const settle = new SettleMessage(messageId, outcome, 'she says so', by);
      await app.get(CommandBus).execute(settle);
      if (outcome === 'not-sent') {
        await messages.claim(test.database.db, messageId, newId(), 3600);
        // What falls into one millisecond is told in an order of its own.
        await test.query(`update effects set claimed_at = claimed_at + interval '1 s' where id = $1`, [
          messageId,
        ]);
      }
      await deliver(test.database, viziOrder({ order: { id: orderId } }));
      const entries = (await timeline(orderId)).filter(({ kind }) => /^(message|operator)\./.test(kind));
      const again = outcome === 'not-sent' ? ['message.claimed claimed attempt 2'] : [];
      expect(entries.map(inWords)).toEqual([
        'message.planned planned',
        'message.claimed claimed',
        'message.uncertain uncertain time-out',
        ...end,
        ...again,
      ]);
      expect(entries.find(({ kind }) => kind === 'operator.settled')).toMatchObject({
        actor: 'key:operator',
        evidence: {
          messageId,
          purpose: 'confirmation',
          outcome,
          claimedAt: expect.any(String),
          attempt: left,
        },
      });
    },
  );

  it('tells of an order that is received but not yet interpreted, and of none that never came', async () => {
    await receive('T3');
    await expect(told('T3')).resolves.toEqual(['delivery.received accepted']);
    await expect(timeline('T-none')).rejects.toMatchObject({ category: 'not-found' });
  });
});

describe('orders as they are read', () => {
  it('are found by id, or not', async () => {
    await make('Q1');
    await expect(app.get(QueryBus).execute(new GetOrderById('Q1'))).resolves.toMatchObject({
      orderId: 'Q1',
      branch: 'il',
    });
    await expect(app.get(QueryBus).execute(new GetOrderById('Q-none'))).rejects.toMatchObject({
      category: 'not-found',
    });
  });

  it('are listed newest first, page by page or behind a cursor, without gap or repeat', async () => {
    for (let index = 0; index < 5; index += 1) await make(`P${index}`, { order: { branch: 'co' } });
    const list = async (page: ConstructorParameters<typeof GetOrders>[1]) =>
      await app.get(QueryBus).execute(new GetOrders({ branch: 'co' }, page));
    const ids = ({ items }: Awaited<ReturnType<typeof list>>) => items.map(({ orderId }) => orderId);
    const first = await list({ kind: 'page', page: 1, perPage: 2 });
    expect(first.pagination).toEqual({ page: 1, perPage: 2, total: 5, totalPages: 3 });
    const pages = [
      first,
      await list({ kind: 'page', page: 2, perPage: 2 }),
      await list({ kind: 'page', page: 3, perPage: 2 }),
    ];
    expect(pages.flatMap(ids)).toEqual(['P4', 'P3', 'P2', 'P1', 'P0']);
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const part = await list({ kind: 'cursor', after, perPage: 2 });
      seen.push(...ids(part));
      after = 'nextCursor' in part.pagination ? part.pagination.nextCursor : null;
      more = after !== null;
    }
    expect(seen).toEqual(['P4', 'P3', 'P2', 'P1', 'P0']);
  });

  it.each([
    [{ branch: 'ru' }, 0],
    [{ country: 'morocco' }, 1],
    [{ email: 'f@example.test' }, 1],
    [{ phone: '+77010000001' }, 1],
    [{ status: 'issue' }, 1],
    [{ cbbSynced: true }, 0],
    [{ country: 'morocco', whatsappConfirmationSent: true }, 0],
    [{ country: 'morocco', createdTo: new Date(0) }, 0],
    [{ country: 'morocco', createdFrom: new Date(0) }, 1],
  ])('are filtered by %j', async (filter, count) => {
    if (!(await test.query(`select 1 from orders where order_id = 'F1'`)).length)
      await make('F1', {
        order: { status: 'issue' },
        form: {
          country: 'morocco',
          client: { email: 'f@example.test', phone: { code: '7', number: '7010000001' } },
        },
      });
    const { items } = await app
      .get(QueryBus)
      .execute(new GetOrders(filter, { kind: 'cursor', after: null, perPage: 50 }));
    expect(items).toHaveLength(count);
  });
});
