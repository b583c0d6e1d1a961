import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { type MessageClaim, MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestDatabase,
  deliver,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { MessageJournal } from './message-journal.js';

let test: TestDatabase;
let journal: MessageJournal;
beforeAll(async () => {
  test = await createTestDatabase();
  journal = new MessageJournal(test.database, new MessagesRepository(), 86_400);
});
afterAll(async () => await test.drop());

type Claimed = MessageClaim | undefined;
type Several = [PlantedOrder, PlantedOrder, PlantedOrder];

const plant = async (count: number) =>
  await Promise.all(Array.from({ length: count }, () => plantOrder(test)));

/** All in one turn of the event loop, as jobs that Redis hands out at once. */
const claimAll = async (orders: readonly PlantedOrder[]) =>
  await Promise.all(orders.map(({ messageId }) => journal.claim(messageId)));
const isClaim = (claimed: Claimed) => claimed !== undefined;
const isMarked = (marked: object | undefined) => marked !== undefined;
const claimed = async (count: number) => (await claimAll(await plant(count))).filter(isClaim);
const markAll = async (claims: readonly MessageClaim[]) =>
  await Promise.all(
    claims.map((claim) => journal.markAccepted(claim, { answer: 'success', attempt: claim.attempt })),
  );

interface Stored {
  readonly state: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly held: boolean;
  readonly token: string | null;
  readonly accepted: boolean;
  readonly statement: string;
}

const stored = async (ids: readonly string[]) =>
  await test.query<Stored & object>(
    `select state, reason, attempt, coalesce(lease_until > now(), false) as held, claim_token as token,
       accepted_at is not null as accepted, xmin::text as statement
     from effects where id = any($1) order by array_position($1::uuid[], id)`,
    [ids],
  );
const change = async (id: string, set: string) =>
  await test.query(`update effects set ${set} where id = $1`, [id]);

const factsOf = async (orderId: string) =>
  (
    await test.query<{ type: string; version: number }>(
      `select type, aggregate_version as version from events
       where aggregate_id = $1 and aggregate_type = 'order' order by aggregate_version`,
      [orderId],
    )
  ).map(({ type, version }) => `${version} ${type}`);
const told = ['1 order.created', '2 message.accepted'];

const isConfirmed = async (orderId: string) => {
  const text = 'select whatsapp_confirmation_sent as yes from orders where order_id = $1';
  return (await test.query<{ yes: boolean }>(text, [orderId]))[0]?.yes;
};

/** Another message that the order owes. */
async function owe({ orderId, phone }: PlantedOrder): Promise<string> {
  const id = newId();
  await test.query(
    `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
     values ($1, 'message', 'visa', $2, $3, $4, 'planned', 'owed')`,
    [id, `message:${id}`, orderId, phone],
  );
  await test.query(
    `insert into messages (effect_id, order_id, template, language, phone, parameters)
     values ($1, $2, 'visa_approved', 'he', $3, '[]')`,
    [id, orderId, phone],
  );
  return id;
}

async function receive(phone: string, messageId: string | null = null, status = 'sent'): Promise<void> {
  await test.query(
    `insert into receipts (delivery_id, provider_message_id, status, occurred_at, recipient, message_id)
     values (gen_random_uuid(), $1, $2, now(), $3, $4)`,
    [`wamid.${newId()}`, status, phone.slice(1), messageId],
  );
}

describe('Messages claimed at the same time', () => {
  it('are claimed by one statement, each once, each with its lease, its token and its text', async () => {
    const orders = await plant(40);
    const claims = await claimAll(orders);
    expect(claims).toEqual(
      orders.map(({ messageId, orderId, phone }) =>
        expect.objectContaining({
          effectId: messageId,
          orderId,
          phone,
          attempt: 1,
          tries: 0,
          document: null,
        }),
      ),
    );
    expect(String(claims[0]?.parameters)).toContain('דנה לדוגמה');
    const rows = await stored(orders.map(({ messageId }) => messageId));
    expect(rows.map(({ state, attempt, held }) => ({ state, attempt, held }))).toEqual(
      Array(40).fill({ state: 'claimed', attempt: 1, held: true }),
    );
    expect(new Set(rows.map(({ token }) => token)).size).toBe(40);
    expect(new Set(rows.map(({ statement }) => statement)).size).toBe(1);
  });

  it('leave out what may not go out: its order changes, its contact is owed, it is old, withheld or taken', async () => {
    const orders = await plant(8);
    const [changing, owed, old, withheld, taken, mine, unknown, free] = orders as [
      ...Several,
      ...Several,
      PlantedOrder,
      PlantedOrder,
    ];
    await deliver(test.database, viziOrder({ order: { id: changing.orderId } }));
    await change(owed.contactId, `state = 'planned', accepted_at = null`);
    await test.query(`update orders set first_received_at = now() - interval '2 days' where order_id = $1`, [
      old.orderId,
    ]);
    await change(withheld.messageId, `state = 'skipped', skipped_at = now(), reason = 'no-consent'`);
    await journal.claim(taken.messageId);
    await journal.claim(mine.messageId);
    const claims = await claimAll([...orders.slice(0, 6), { ...unknown, messageId: newId() }, free]);
    expect(claims.map(isClaim)).toEqual([false, false, false, false, false, false, false, true]);
    const rows = await stored([changing, owed, old, unknown, taken].map(({ messageId }) => messageId));
    expect(rows.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual([
      ...Array<string>(4).fill('planned 0'),
      'claimed 1',
    ]);
  });

  it('give back what turns out not to be ready, and keep the others', async () => {
    const orders = (await plant(3)) as Several;
    await test.query('update messages set phone = null where effect_id = $1', [orders[1].messageId]);
    const claims = await claimAll(orders);
    expect(claims.map(isClaim)).toEqual([true, false, true]);
    const rows = await stored(orders.map(({ messageId }) => messageId));
    expect(rows.map(({ state, held }) => `${state} ${held}`)).toEqual([
      'claimed true',
      'planned false',
      'claimed true',
    ]);
  });

  it('do not wait for one that somebody else holds, which is claimed as soon as it can be', async () => {
    const [held, ...others] = (await plant(10)) as [PlantedOrder, ...PlantedOrder[]];
    const somebody = await test.database.db.startTransaction().execute();
    await somebody.selectFrom('effects').select('id').where('id', '=', held.messageId).forUpdate().execute();
    const waiting = journal.claim(held.messageId);
    expect((await claimAll(others)).every(isClaim)).toBe(true);
    await somebody.rollback().execute();
    await expect(waiting).resolves.toMatchObject({ effectId: held.messageId, attempt: 1 });
  });

  it('give one message to one of several jobs', async () => {
    const orders = await plant(6);
    const claims = await claimAll([...orders, ...orders, ...orders]);
    expect(claims.filter(isClaim)).toHaveLength(6);
    expect((await stored(orders.map(({ messageId }) => messageId))).map(({ attempt }) => attempt)).toEqual(
      Array(6).fill(1),
    );
  });

  it('are undone when what was claimed cannot be read, and claimed again alone: none is left to nobody', async () => {
    const orders = await plant(5);
    const ids = orders.map(({ messageId }) => messageId);
    await test.query(`create function unread(id uuid) returns boolean language plpgsql as $$
      begin if id = '${ids[2]}' then raise exception 'a broken page'; end if; return true; end $$`);
    await test.query('alter policy backend on messages using (unread(effect_id))');
    const claims = await Promise.allSettled(ids.map((id) => journal.claim(id)));
    await test.query('alter policy backend on messages using (true)');
    expect(claims).toEqual(
      ids.map((effectId, index) =>
        index === 2
          ? { status: 'rejected', reason: expect.objectContaining({ message: 'a broken page' }) }
          : { status: 'fulfilled', value: expect.objectContaining({ effectId, attempt: 2 }) },
      ),
    );
  });
});

describe('Messages marked at the same time', () => {
  it('are done by one statement and told of once per order', async () => {
    const claims = await claimed(40);
    await expect(markAll(claims)).resolves.toEqual(
      claims.map(({ effectId }) => ({ id: effectId, receiptsWait: false })),
    );
    const rows = await stored(claims.map(({ effectId }) => effectId));
    expect(rows.map(({ state, held, accepted }) => ({ state, held, accepted }))).toEqual(
      Array(40).fill({ state: 'accepted', held: false, accepted: true }),
    );
    expect(new Set(rows.map(({ statement }) => statement)).size).toBe(1);
    for (const { orderId } of claims) {
      await expect(factsOf(orderId)).resolves.toEqual(told);
      await expect(isConfirmed(orderId)).resolves.toBe(true);
    }
  });

  it('hear each whether receipts wait for it', async () => {
    const claims = (await claimed(3)) as [MessageClaim, MessageClaim, MessageClaim];
    await receive(claims[0].phone);
    await receive(claims[1].phone, claims[1].effectId);
    const marks = await markAll(claims);
    expect(marks.map((marked) => marked?.receiptsWait)).toEqual([true, false, false]);
  });

  it('are both done when they are of one order, with facts that follow each other', async () => {
    const [order, other] = (await plant(2)) as Several;
    const visa = await owe(order);
    const claims = (
      await Promise.all([order.messageId, other.messageId, visa].map((id) => journal.claim(id)))
    ).filter(isClaim);
    const marks = await markAll(claims);
    expect(marks.map((marked) => marked?.id)).toEqual([order.messageId, other.messageId, visa]);
    await expect(factsOf(order.orderId)).resolves.toEqual([...told, '3 message.accepted']);
  });

  it('leave out an attempt that has lost its claim', async () => {
    const [stale, fresh] = (await claimed(2)) as [MessageClaim, MessageClaim];
    await change(stale.effectId, 'attempt = 2');
    const marks = await markAll([stale, fresh]);
    expect(marks.map(isMarked)).toEqual([false, true]);
    await expect(stored([stale.effectId])).resolves.toMatchObject([{ state: 'claimed', accepted: false }]);
    await expect(factsOf(stale.orderId)).resolves.toEqual(['1 order.created']);
  });

  it('take back what had become uncertain, and tell of it; what a receipt settled keeps its outcome untold', async () => {
    const claims = (await claimed(4)) as [MessageClaim, MessageClaim, MessageClaim, MessageClaim];
    const [uncertain, settled, failed, plain] = claims;
    await change(
      uncertain.effectId,
      `state = 'uncertain', uncertain_at = now(), reason = 'lease-expired', lease_until = null`,
    );
    await change(settled.effectId, `state = 'accepted', lease_until = null`);
    await change(
      failed.effectId,
      `state = 'failed', failed_at = now(), reason = 'meta-131026', lease_until = null`,
    );
    await test.query(`update messages set provider_message_id = 'wamid.failed' where effect_id = $1`, [
      failed.effectId,
    ]);
    expect((await markAll(claims)).map(isMarked)).toEqual([true, true, true, true]);
    const rows = await stored(claims.map(({ effectId }) => effectId));
    expect(rows.map(({ state, reason, accepted }) => ({ state, reason, accepted }))).toEqual([
      { state: 'accepted', reason: null, accepted: true },
      { state: 'accepted', reason: null, accepted: true },
      { state: 'failed', reason: 'meta-131026', accepted: true },
      { state: 'accepted', reason: null, accepted: true },
    ]);
    const facts = await Promise.all(
      [uncertain, settled, failed, plain].map(({ orderId }) => factsOf(orderId)),
    );
    expect(facts).toEqual([told, ['1 order.created'], ['1 order.created'], told]);
  });

  it('leave what failed before it went out as it is', async () => {
    const [failed, plain] = (await claimed(2)) as [MessageClaim, MessageClaim];
    await change(
      failed.effectId,
      `state = 'failed', failed_at = now(), reason = 'http-400', lease_until = null`,
    );
    expect((await markAll([failed, plain])).map(isMarked)).toEqual([false, true]);
    await expect(stored([failed.effectId])).resolves.toMatchObject([{ state: 'failed', accepted: false }]);
  });

  it('do not wait for an order that somebody changes', async () => {
    const claims = await claimed(4);
    const changed = String(claims[0]?.orderId);
    const somebody = await test.database.db.startTransaction().execute();
    await somebody.updateTable('orders').set({ eventVersion: 2 }).where('orderId', '=', changed).execute();
    const [first, ...others] = claims.map((claim) => journal.markAccepted(claim, {}));
    expect((await Promise.all(others)).every(isMarked)).toBe(true);
    await somebody.commit().execute();
    await expect(first).resolves.toBeDefined();
    await expect(factsOf(changed)).resolves.toEqual(['1 order.created', '3 message.accepted']);
  });

  it('are told of once when two say so', async () => {
    const [claim, other] = (await claimed(2)) as [MessageClaim, MessageClaim];
    expect((await markAll([claim, other, claim])).every(isMarked)).toBe(true);
    await expect(factsOf(claim.orderId)).resolves.toEqual(told);
  });
});
