import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { EffectsRepository, planMessages } from '@visapi/backend-repositories/effects';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  deliverReceipts,
  plantOrder,
  type TestDatabase,
  until,
  viziOrder,
} from '@visapi/backend-testing';
import { OperationsModule } from '../operations.module.js';
import { GetAttention } from '../queries/get-attention.query.js';
import { RecoverLostWork } from './recover-lost-work.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OperationsModule]);
});
beforeEach(async () => {
  await test.query(`update effects set state = 'skipped', lease_until = null`);
  await test.query(`update deliveries set state = 'closed'`);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const recover = async () => await app.get(CommandBus).execute(new RecoverLostWork());
const age = async (table: string, column: string, id: string, seconds: number) =>
  await test.query(`update ${table} set ${column} = now() - make_interval(secs => $2) where id = $1`, [
    id,
    seconds,
  ]);

async function claimed(which: 'contactId' | 'messageId', leaseSeconds: number) {
  const order = await plantOrder(test, { contact: which === 'contactId' ? 'planned' : 'accepted' });
  await test.query(
    `update effects set state = 'claimed', attempt = 1, lease_until = now() + make_interval(secs => $2) where id = $1`,
    [order[which], leaseSeconds],
  );
  return { ...order, id: order[which] };
}

const waiting = async () =>
  (
    await test.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).length;

const stateOf = async (id: string) =>
  (await test.query('select state, reason, lease_until from effects where id = $1', [id]))[0];

describe('RecoverLostWork', () => {
  it('plans the contact of a dead worker again, and calls its message uncertain', async () => {
    const [contact, message] = [await claimed('contactId', -1), await claimed('messageId', -1)];
    const lost = await recover();
    expect(new Map(lost?.expired.map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        [contact.id, 'planned'],
        [message.id, 'uncertain'],
      ]),
    );
    await expect(stateOf(message.id)).resolves.toEqual({
      state: 'uncertain',
      reason: 'lease-expired',
      lease_until: null,
    });
    await expect(recover()).resolves.toMatchObject({ expired: [] });
  });

  it('leaves living claims alone', async () => {
    const { id } = await claimed('messageId', 5);
    await expect(recover()).resolves.toMatchObject({ expired: [] });
    await expect(stateOf(id)).resolves.toMatchObject({ state: 'claimed' });
  });

  it('finds planned effects whose job is gone, once per round of patience', async () => {
    const { contactId, messageId } = await plantOrder(test, { contact: 'planned' });
    await expect(recover()).resolves.toMatchObject({ due: [] });
    for (const id of [contactId, messageId]) {
      await age('effects', 'planned_at', id, 60);
      await age('effects', 'due_at', id, 60);
    }
    await expect(recover()).resolves.toMatchObject({ due: [{ id: contactId, kind: 'contact', attempt: 0 }] });
    await expect(recover()).resolves.toMatchObject({ due: [] });
    await test.query(`update effects set state = 'accepted', accepted_at = now() where id = $1`, [contactId]);
    await expect(recover()).resolves.toMatchObject({ due: [{ id: messageId, kind: 'message' }] });
  });

  it('fails a notice that was planned at the moment at which its contact was given up', async () => {
    const { orderId, phone, id } = await claimed('contactId', 60);
    const notice = newId();
    const message = { template: 'visa', language: 'he', phone, parameters: Buffer.from('[]') };
    const told = { orderId, state: 'planned', reason: null, correlationId: 'notice', lane: phone };
    const effect = {
      ...told,
      id: notice,
      kind: 'message',
      purpose: 'visa',
      semanticKey: `message:visa:${notice}`,
    };
    const effects = new EffectsRepository();
    const failing = await test.database.db.transaction().execute(async (transaction) => {
      const by = { actor: 'worker', correlationId: 'notice', pauseMs: 0 };
      await planMessages(transaction, orderId, [{ effect, message }], by);
      const started = effects.fail(test.database.db, { effectId: id, attempt: 1 }, 'http-400', {});
      // It has looked for messages already and waits for the order, to tell of it.
      await until(waiting, (count) => count === 1);
      return [started];
    });
    await expect(Promise.all(failing)).resolves.toEqual([true]);
    await expect(stateOf(notice)).resolves.toMatchObject({ state: 'planned' });
    await expect(recover()).resolves.toMatchObject({ stranded: [{ orderId, state: 'failed' }] });
    await expect(stateOf(notice)).resolves.toMatchObject({ state: 'failed', reason: 'contact-failed' });
    await expect(recover()).resolves.toMatchObject({ stranded: [] });
  });

  it('leaves what waits for a contact that may still come, or goes to a phone that was named', async () => {
    await plantOrder(test, { contact: 'planned' });
    const named = await plantOrder(test, { contact: 'failed' });
    await test.query('update effects set awaits_contact = false where id = $1', [named.messageId]);
    await expect(recover()).resolves.toMatchObject({ stranded: [] });
  });

  it('does not wake what is not yet due', async () => {
    const { contactId } = await plantOrder(test, { contact: 'planned' });
    await age('effects', 'planned_at', contactId, 60);
    await test.query(`update effects set due_at = now() + interval '20 seconds' where id = $1`, [contactId]);
    await expect(recover()).resolves.toMatchObject({ due: [] });
  });

  it('finds deliveries that nobody has interpreted, orders and receipts', async () => {
    const order = await deliver(test.database, viziOrder({ order: { id: `R${(counter += 1)}` } }));
    const receipts = await deliverReceipts(test.database, { nonce: (counter += 1) });
    await expect(recover()).resolves.toMatchObject({ open: [] });
    for (const { deliveryId } of [order, receipts]) await age('deliveries', 'received_at', deliveryId, 60);
    const lost = await recover();
    expect(new Map(lost?.open.map(({ id, kind }) => [id, kind]))).toEqual(
      new Map([
        [order.deliveryId, 'order'],
        [receipts.deliveryId, 'receipt'],
      ]),
    );
    await expect(recover()).resolves.toMatchObject({ open: [] });
  });

  it('is done by one process at a time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => claimed('messageId', -1)));
    const rounds = await Promise.all(Array.from({ length: 4 }, () => recover()));
    expect(rounds.flatMap((lost) => lost?.expired ?? [])).toHaveLength(5);
  });
});

describe('what needs attention', () => {
  it('is what is uncertain, failed, or open for more than five minutes', async () => {
    const ask = async () => await app.get(QueryBus).execute(new GetAttention());
    await expect(ask()).resolves.toEqual({ uncertain: 0, failed: 0, open: 0, parked: 0 });
    const [uncertain, failed, open] = [
      await claimed('messageId', 5),
      await plantOrder(test),
      await plantOrder(test),
    ];
    await test.query(`update effects set state = 'uncertain', lease_until = null where id = $1`, [
      uncertain.messageId,
    ]);
    await test.query(`update effects set state = 'failed' where id = $1`, [failed.messageId]);
    await age('effects', 'planned_at', open.messageId, 305);
    await expect(ask()).resolves.toEqual({ uncertain: 1, failed: 1, open: 1, parked: 0 });
  });
});
