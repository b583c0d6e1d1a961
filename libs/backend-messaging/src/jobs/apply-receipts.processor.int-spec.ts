import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestContext,
  createTestDatabase,
  deliverReceipts,
  metaBody,
  plantOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { MessagingModule } from '../messaging.module.js';
import { ApplyReceiptsProcessor } from './apply-receipts.processor.js';

let test: TestDatabase;
let app: INestApplicationContext;
let processor: ApplyReceiptsProcessor;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, MessagingModule]);
  processor = new ApplyReceiptsProcessor(app.get(CommandBus));
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function storedReceipt(status: string) {
  const order = await plantOrder(test);
  const messages = new MessagesRepository();
  const claim = await messages.claim(test.database.db, order.messageId, newId(), 3600);
  await messages.markAccepted(test.database.db, claim!, {});
  const receipt = {
    id: `wamid.${order.orderId}`,
    status,
    at: new Date(),
    phone: order.phone.slice(1),
    errorCode: 131026,
  };
  const { deliveryId } = await deliverReceipts(test.database, metaBody([receipt]));
  return { ...order, deliveryId };
}

const stateOf = async (id: string) =>
  (await test.query('select state, problems from deliveries where id = $1', [id]))[0];

describe('the apply-receipts job', () => {
  it('succeeds: tells how far the message came', async () => {
    const { deliveryId, orderId } = await storedReceipt('delivered');
    await expect(processor.handle({ deliveryId })).resolves.toMatchObject([
      { outcome: 'moved', event: 'message.delivered', orderId },
    ]);
  });

  it('asks for attention when a message has failed', async () => {
    const { deliveryId, orderId } = await storedReceipt('failed');
    await expect(processor.handle({ deliveryId })).resolves.toMatchObject([
      { outcome: 'failed', event: 'message.failed', orderId, reason: 'meta-131026', attention: true },
    ]);
  });

  it('runs twice: the second time finds nothing to do', async () => {
    const { deliveryId } = await storedReceipt('delivered');
    await processor.handle({ deliveryId });
    await expect(processor.handle({ deliveryId })).resolves.toEqual([{ outcome: 'nothing-matched' }]);
  });

  it('fails, then succeeds', async () => {
    const { deliveryId } = await storedReceipt('delivered');
    await test.query(
      `alter table receipts add constraint not_now check (delivery_id <> '${deliveryId}') not valid`,
    );
    await expect(processor.handle({ deliveryId })).rejects.toThrow('not_now');
    await expect(stateOf(deliveryId)).resolves.toMatchObject({ state: 'open' });
    await test.query('alter table receipts drop constraint not_now');
    await expect(processor.handle({ deliveryId })).resolves.toMatchObject([{ outcome: 'moved' }]);
  });

  it('marks the body failed after the last attempt, visibly and kept for a replay', async () => {
    const { deliveryId } = await storedReceipt('delivered');
    await processor.exhausted({ deliveryId }, new Error('invented'));
    await expect(stateOf(deliveryId)).resolves.toEqual({
      state: 'failed',
      problems: '[{"path":"","message":"invented"}]',
    });
    await expect(processor.handle({ deliveryId })).resolves.toEqual([{ outcome: 'nothing-matched' }]);
  });
});
