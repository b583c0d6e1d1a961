import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository, recoverExpired } from '@visapi/backend-repositories/effects';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestDatabase,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { UpdateOrderProcessing, UpdateOrderProcessingHandler } from './update-order-processing.command.js';

let test: TestDatabase;
let handler: UpdateOrderProcessingHandler;
const messages = new MessagesRepository();
const effects = new EffectsRepository();

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new UpdateOrderProcessingHandler(test.database);
});
afterAll(async () => await test.drop());

const update = async (...orderIds: readonly string[]) =>
  (await handler.execute(new UpdateOrderProcessing(orderIds))).processed;

async function claim({ messageId }: PlantedOrder) {
  const claimed = await messages.claim(test.database.db, messageId, newId(), 3_600);
  if (!claimed) throw new Error('The message was not claimed');
  return claimed;
}

async function told(): Promise<PlantedOrder> {
  const order = await plantOrder(test);
  await messages.markAccepted(test.database.db, await claim(order), {});
  return order;
}

const look = async ({ orderId }: PlantedOrder) =>
  (
    await test.query(
      `select processed_at is not null as processed, cbb_synced as synced, whatsapp_confirmation_sent as sent,
         event_version = (select max(aggregate_version) from events e where aggregate_id = order_id) as consistent,
         (select count(*)::int from events e where aggregate_id = order_id and type = 'order.processed') as told
       from orders where order_id = $1`,
      [orderId],
    )
  )[0];
const processed = { processed: true, synced: true, sent: true, consistent: true, told: 1 };

describe('UpdateOrderProcessing', () => {
  it('marks an order processed whose customer was told, and tells so once, however often it is asked', async () => {
    const order = await told();
    await expect(update(order.orderId)).resolves.toEqual([order.orderId]);
    await expect(update(order.orderId)).resolves.toEqual([]);
    await expect(look(order)).resolves.toEqual(processed);
    const [fact] = await test.query(
      `select payload, actor, correlation_id from events where aggregate_id = $1 and type = 'order.processed'`,
      [order.orderId],
    );
    expect(fact).toMatchObject({
      payload: {},
      actor: 'worker',
      correlation_id: expect.stringMatching('planted'),
    });
  });

  it('tells so once when many are at it, in whatever order they name the orders', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, told));
    const ids = orders.map(({ orderId }) => orderId);
    const rounds = await Promise.all(
      [ids, ids.toReversed(), ids, ids.slice(6)].map((some) => update(...some)),
    );
    expect(rounds.flat().sort()).toEqual([...ids].sort());
    for (const order of orders) await expect(look(order)).resolves.toEqual(processed);
  });

  it('takes many orders, those it does not know among them, 50 in each statement', async () => {
    const orders: PlantedOrder[] = [];
    for (let index = 0; index < 120; index += 1) orders.push(await told());
    const ids = orders.map(({ orderId }) => orderId);
    await expect(update(...ids, 'nobody')).resolves.toHaveLength(120);
  });

  it('leaves an order open that owes something', async () => {
    const order = await plantOrder(test);
    await expect(update(order.orderId)).resolves.toEqual([]);
    await expect(look(order)).resolves.toMatchObject({
      processed: false,
      synced: true,
      sent: false,
      told: 0,
    });
  });

  it('mends flags that do not say what the effects do', async () => {
    const order = await told();
    await test.query(
      'update orders set cbb_synced = false, whatsapp_confirmation_sent = false where order_id = $1',
      [order.orderId],
    );
    await update(order.orderId);
    await expect(look(order)).resolves.toEqual(processed);
  });

  it('takes it back when the contact is owed anew, and tells anew when it is done', async () => {
    const order = await told();
    await update(order.orderId);
    const contactId = newId();
    await test.query(
      `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
       values ($1::uuid, 'contact', 'contact', $1::text, $2, $3, 'planned', 'changed')`,
      [contactId, order.orderId, order.phone],
    );
    await update(order.orderId);
    await expect(look(order)).resolves.toMatchObject({ processed: false, synced: false, sent: true });
    const contacts = new ContactsRepository();
    const held = await contacts.claim(test.database.db, contactId);
    if (held === undefined || held === 'busy') throw new Error('The contact was not claimed');
    const synced = { phone: order.phone, version: '1', cbbContactId: '1', fields: [], evidence: {} };
    await contacts.markSynced(test.database.db, { claim: held, ...synced });
    await update(order.orderId);
    await expect(look(order)).resolves.toEqual({ ...processed, told: 2 });
  });

  it('takes it back when the vendor denies what a receipt was taken for', async () => {
    const order = await plantOrder(test);
    const claimed = await claim(order);
    await test.query(
      `update messages set provider_message_id = $1, binding = 'inferred' where effect_id = $2`,
      [`wamid.${order.orderId}`, order.messageId],
    );
    await test.query(`update effects set state = 'accepted' where id = $1`, [order.messageId]);
    await update(order.orderId);
    await expect(look(order)).resolves.toMatchObject({ processed: true, sent: true });
    await messages.release(test.database.db, claimed, 0, 'http-429', {});
    await update(order.orderId);
    await expect(look(order)).resolves.toMatchObject({ processed: false, sent: false });
  });
});

describe('a step that ends', () => {
  const facts = async ({ orderId }: PlantedOrder) =>
    (
      await test.query<{ type: string; payload: { reason?: string } }>(
        `select type, payload from events where aggregate_id = $1 order by aggregate_version`,
        [orderId],
      )
    ).map(({ type, payload }) => [type, payload.reason].filter(Boolean).join(' '));

  it('is told, with the messages that end with their contact', async () => {
    const order = await plantOrder(test, { contact: 'planned' });
    await test.query(
      `update effects set state = 'claimed', attempt = 1, lease_until = now() + interval '9 s' where id = $1`,
      [order.contactId],
    );
    await effects.fail(test.database.db, { effectId: order.contactId, attempt: 1 }, 'http-400', {});
    await expect(facts(order)).resolves.toEqual([
      'order.created',
      'contact.failed http-400',
      'message.failed contact-failed',
    ]);
    await expect(look(order)).resolves.toMatchObject({ consistent: true });
  });

  it('is told when settings withhold it, and once', async () => {
    const order = await plantOrder(test, { contact: 'planned' });
    await effects.withhold(test.database.db, order.contactId, 'dry-run');
    await expect(effects.withhold(test.database.db, order.contactId, 'dry-run')).resolves.toBeNull();
    const skipped = ['contact.skipped dry-run', 'message.skipped dry-run'];
    await expect(facts(order)).resolves.toEqual(['order.created', ...skipped]);
  });

  it('is told when a message is refused, of unknown outcome, or denied after that', async () => {
    const refused = await plantOrder(test);
    await messages.fail(test.database.db, await claim(refused), 'http-400', {});
    await expect(facts(refused)).resolves.toEqual(['order.created', 'message.failed http-400']);
    const lost = await plantOrder(test);
    const claimed = await claim(lost);
    await messages.markUncertain(test.database.db, claimed, 'timeouterror', {});
    await messages.release(test.database.db, claimed, 0, 'http-429', {});
    const [uncertain, denied] = ['message.uncertain timeouterror', 'message.denied http-429'];
    await expect(facts(lost)).resolves.toEqual(['order.created', uncertain, denied]);
  });

  it('is not told when it is merely tried again', async () => {
    const order = await plantOrder(test);
    await messages.release(test.database.db, await claim(order), 0, 'http-429', {});
    await expect(facts(order)).resolves.toEqual(['order.created']);
  });

  it('is told when a dead worker leaves its outcome unknown, or its order grows too old', async () => {
    const dead = await plantOrder(test);
    await claim(dead);
    await test.query(`update effects set lease_until = now() - interval '1 s' where id = $1`, [
      dead.messageId,
    ]);
    await recoverExpired(test.database.db, 10);
    await expect(facts(dead)).resolves.toEqual(['order.created', 'message.uncertain lease-expired']);
    const old = await plantOrder(test);
    await test.query(`update orders set first_received_at = now() - interval '5 days' where order_id = $1`, [
      old.orderId,
    ]);
    await expect(messages.skipStale(test.database.db, 72 * 3_600)).resolves.toEqual([old.orderId]);
    await expect(facts(old)).resolves.toEqual(['order.created', 'message.skipped stale']);
  });
});
