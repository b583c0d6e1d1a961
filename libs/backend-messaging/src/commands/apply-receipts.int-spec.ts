import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import {
  MessageListsRepository,
  MessagesRepository,
  ReceiptsRepository,
} from '@visapi/backend-repositories/messaging';
import {
  createTestDatabase,
  deliverReceipts,
  metaBody,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
  type TestStatus,
} from '@visapi/backend-testing';
import { ApplyReceipts, ApplyReceiptsHandler } from './apply-receipts.command.js';
import { BindReceipts, BindReceiptsHandler } from './bind-receipts.command.js';

let test: TestDatabase;
let handler: ApplyReceiptsHandler;
let binder: BindReceiptsHandler;
const messages = new MessagesRepository();
const lists = new MessageListsRepository();
let nonce = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new ApplyReceiptsHandler(test.database, new DeliveriesRepository(), new ReceiptsRepository());
  binder = new BindReceiptsHandler(test.database, new ReceiptsRepository());
});
afterAll(async () => await test.drop());

const names = ['sent', 'delivered', 'read', 'failed'];
const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000);
const status = (id: string, name: string, phone: string, at = soon(1), rest: Partial<TestStatus> = {}) => ({
  id,
  status: name,
  at,
  phone: phone.replace('+', ''),
  ...rest,
});

async function store(statuses: readonly TestStatus[]) {
  const { deliveryId } = await deliverReceipts(test.database, { ...metaBody(statuses), nonce: (nonce += 1) });
  return deliveryId;
}

async function receive(...statuses: readonly TestStatus[]) {
  return await handler.execute(new ApplyReceipts(await store(statuses)));
}

/** An order whose message went out; or may have. */
async function sent(
  state: 'accepted' | 'uncertain' | 'claimed' = 'accepted',
  phone?: string,
): Promise<PlantedOrder> {
  const order = await plantOrder(test, { phone });
  const { db } = test.database;
  const claim = await messages.claim(db, order.messageId, newId(), 3600);
  if (!claim) throw new Error('The message was not claimed');
  if (state === 'accepted') await messages.markAccepted(db, claim, {});
  if (state === 'uncertain') await messages.markUncertain(db, claim, 'timeouterror', {});
  return order;
}

async function look({ messageId }: PlantedOrder) {
  const message = await lists.find(test.database.db, messageId);
  if (!message) throw new Error('The message is gone');
  return message;
}

describe('receipts', () => {
  it('move their message forward, each time kept from its own receipt', async () => {
    const order = await sent();
    const times = { sent: soon(1), delivered: soon(2), read: soon(3) };
    for (const [name, at] of Object.entries(times)) {
      await receive(status('wamid.forward', name, order.phone, at));
      await expect(look(order)).resolves.toMatchObject({
        status: name,
        binding: 'inferred',
        providerMessageId: 'wamid.forward',
      });
    }
    const seconds = (date: Date | null) => Math.floor(date!.getTime() / 1_000);
    const { sentAt, deliveredAt, readAt } = await look(order);
    expect([sentAt, deliveredAt, readAt].map(seconds)).toEqual(Object.values(times).map(seconds));
  });

  const permutations = names.flatMap((a) =>
    names
      .filter((b) => b !== a)
      .flatMap((b) =>
        names
          .filter((c) => ![a, b].includes(c))
          .map((c) => [a, b, c, names.find((d) => ![a, b, c].includes(d))!]),
      ),
  );

  it.each(permutations)('come to the same end in the order %s, %s, %s, %s', async (...order) => {
    const planted = await sent();
    const rank: Record<string, number> = {
      planned: 0,
      accepted: 0,
      sent: 1,
      failed: 1,
      delivered: 2,
      read: 3,
    };
    let before = 0;
    for (const name of order) {
      await receive(status(`wamid.${order.join()}`, name, planted.phone));
      const now = rank[(await look(planted)).status] ?? -1;
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    await expect(look(planted)).resolves.toMatchObject({
      status: 'read',
      sentAt: expect.any(Date),
      deliveredAt: expect.any(Date),
      readAt: expect.any(Date),
    });
  });

  it('in one body, out of order, come to the same end', async () => {
    const order = await sent();
    const reversed = ['read', 'delivered', 'sent'].map((name) => status('wamid.batch', name, order.phone));
    await expect(receive(...reversed)).resolves.toMatchObject({
      moved: [{ status: 'read', failedCode: null }],
    });
    await expect(look(order)).resolves.toMatchObject({ status: 'read', sentAt: expect.any(Date) });
  });

  it('that come again in other bodies change nothing and are kept once', async () => {
    const order = await sent();
    const receipt = status('wamid.again', 'delivered', order.phone, soon(5));
    await receive(receipt, receipt);
    const before = await look(order);
    await expect(receive(receipt)).resolves.toMatchObject({ moved: [] });
    await expect(look(order)).resolves.toEqual(before);
    const kept = await test.query(`select 1 from receipts where provider_message_id = 'wamid.again'`);
    expect(kept).toHaveLength(1);
  });

  it('fail a message with the code of Meta, and ask for attention', async () => {
    const order = await sent();
    const failed = status('wamid.fails', 'failed', order.phone, soon(1), { errorCode: 131042 });
    await expect(receive(failed)).resolves.toMatchObject({ moved: [{ failedCode: '131042' }] });
    await expect(look(order)).resolves.toMatchObject({ status: 'failed', reason: 'meta-131042' });
  });

  it('are applied once by several workers at once', async () => {
    const order = await sent('uncertain');
    const id = await store([status('wamid.race', 'sent', order.phone)]);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => handler.execute(new ApplyReceipts(id))),
    );
    expect(results.flatMap(({ moved }) => moved)).toHaveLength(1);
    const facts = await test.query(
      `select 1 from events where aggregate_id = $1 and type = 'message.accepted'`,
      [order.orderId],
    );
    expect(facts).toHaveLength(1);
  });

  it('in many bodies at once, for the same phones the other way round, come to the right end', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, () => sent()));
    const bodies = names.slice(0, 3).map((name, index) => {
      const statuses = orders.map((order) => status(`wamid.${order.orderId}`, name, order.phone));
      return store(index % 2 === 0 ? statuses : statuses.reverse());
    });
    await Promise.all((await Promise.all(bodies)).map((id) => handler.execute(new ApplyReceipts(id))));
    for (const order of orders)
      await expect(look(order)).resolves.toMatchObject({
        status: 'read',
        providerMessageId: `wamid.${order.orderId}`,
      });
  });

  it('of a batch larger than Meta sends are all kept', async () => {
    const order = await sent();
    const many = Array.from({ length: 9_000 }, (_, index) =>
      status(`wamid.many${index}`, 'sent', order.phone),
    );
    await receive(...many);
    const [kept] = await test.query<{ n: string }>(
      `select count(*) as n from receipts where provider_message_id like 'wamid.many%'`,
    );
    expect(Number(kept?.n)).toBe(9_000);
  });

  it('that nobody can read are counted, their neighbours applied, the body done with', async () => {
    const order = await sent();
    const body = metaBody([status('wamid.good', 'sent', order.phone)]) as { entry: object[] };
    body.entry.push({ changes: [{ value: { statuses: [{ id: 7 }, null] } }] });
    const { deliveryId } = await deliverReceipts(test.database, body);
    await expect(handler.execute(new ApplyReceipts(deliveryId))).resolves.toMatchObject({
      unreadable: 2,
      moved: [{}],
    });
    const [row] = await test.query('select state from deliveries where id = $1', [deliveryId]);
    expect(row).toEqual({ state: 'applied' });
  });
});

describe('binding by phone', () => {
  it('never turns a message that did not go out into a read one', async () => {
    const lost = await sent('uncertain');
    const good = await sent('accepted', lost.phone);
    for (const name of names.slice(0, 3)) await receive(status('wamid.only', name, good.phone));
    await expect(look(good)).resolves.toMatchObject({ status: 'read' });
    await expect(look(lost)).resolves.toMatchObject({ status: 'uncertain', providerMessageId: null });
  });

  it('gives two messages of one phone a provider message each, oldest first', async () => {
    const first = await sent();
    const second = await sent('accepted', first.phone);
    await receive(
      status('wamid.one', 'sent', first.phone),
      status('wamid.two', 'sent', first.phone, soon(2)),
    );
    await receive(status('wamid.two', 'read', first.phone), status('wamid.one', 'delivered', first.phone));
    await expect(look(first)).resolves.toMatchObject({ providerMessageId: 'wamid.one', status: 'delivered' });
    await expect(look(second)).resolves.toMatchObject({ providerMessageId: 'wamid.two', status: 'read' });
  });

  it('trusts our own id in the callback data more than time', async () => {
    const first = await sent();
    const second = await sent('accepted', first.phone);
    await receive(status('wamid.own', 'sent', first.phone, soon(1), { callbackData: second.messageId }));
    await expect(look(second)).resolves.toMatchObject({
      providerMessageId: 'wamid.own',
      binding: 'callback',
    });
    await expect(look(first)).resolves.toMatchObject({ providerMessageId: null });
  });

  it('keeps receipts of unknown messages and matches them when the message appears', async () => {
    const order = await plantOrder(test);
    const { phone } = order;
    await expect(receive(status('wamid.early', 'delivered', phone))).resolves.toEqual({
      moved: [],
      unreadable: 0,
    });
    const claim = await messages.claim(test.database.db, order.messageId, newId(), 3600);
    await expect(messages.markAccepted(test.database.db, claim!, {})).resolves.toMatchObject({
      receiptsWait: true,
    });
    await expect(binder.execute(new BindReceipts())).resolves.toMatchObject([{ messageId: order.messageId }]);
    await expect(look(order)).resolves.toMatchObject({ status: 'delivered' });
    await expect(binder.execute(new BindReceipts())).resolves.toEqual([]);
  });

  it('leaves receipts of other phones and other times alone', async () => {
    const order = await sent();
    await receive(status('wamid.old', 'sent', order.phone, soon(-600)));
    await receive(status('wamid.stranger', 'sent', '+972509999999'));
    await expect(look(order)).resolves.toMatchObject({ status: 'accepted', providerMessageId: null });
  });
});
