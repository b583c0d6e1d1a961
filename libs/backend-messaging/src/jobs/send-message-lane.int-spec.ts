import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { MessagingJobsModule } from './messaging-jobs.module.js';
import { SendMessageProcessor } from './send-message.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let cbb: FakeCbbClient;
let app: INestApplicationContext;
let processor: SendMessageProcessor;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await app?.close();
  cbb = new FakeCbbClient();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, MessagingJobsModule]);
  processor = app.get(SendMessageProcessor);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

const badToken = () => new VendorError('cbb', 'unavailable', 'http-401', { status: 401 });
const broken = () => new VendorError('cbb', 'unknown', 'http-500', { status: 500 });
const send = async (effectId: string) => await processor.handle({ effectId });
const calls = () => cbb.calls.filter((call) => call.startsWith('sendTemplate')).length;

async function effect(id: string) {
  const [row] = await test.query<Record<string, unknown>>(
    `select state, reason, attempt, tries, extract(epoch from due_at - clock_timestamp())::float8 as due_in
     from effects where id = $1`,
    [id],
  );
  return row;
}

describe('a refused token', () => {
  it('parks the message that met it, and those that follow are not even claimed', async () => {
    const [met, next] = [await plantOrder(test), await plantOrder(test)];
    cbb.failNext('sendTemplate', badToken());
    await expect(send(met.messageId)).resolves.toMatchObject({
      outcome: 'retry',
      reason: 'parked: bad-token',
    });
    await expect(send(next.messageId)).resolves.toMatchObject({
      outcome: 'put-off',
      reason: 'parked: bad-token',
      next: [{ payload: { effectId: next.messageId } }],
    });
    await expect(effect(met.messageId)).resolves.toMatchObject({ state: 'planned', attempt: 1, tries: 0 });
    const waiting = await effect(next.messageId);
    expect(waiting).toMatchObject({ state: 'planned', attempt: 0, tries: 0, reason: 'parked: bad-token' });
    expect(Number(waiting?.['due_in'])).toBeGreaterThan(25);
    expect(calls()).toBe(1);
  });

  it('needs nobody once it is mended: the lane looks, one message goes, then all, each once', async () => {
    const orders = await Promise.all([1, 2, 3].map(() => plantOrder(test)));
    cbb.failNext('sendTemplate', badToken());
    for (const { messageId } of orders) await send(messageId);
    expect(cbb.sent).toHaveLength(0);
    cbb.failNext('listFields', badToken());
    await cbb.lanes.messages.probe();
    await expect(send(orders[0]!.messageId)).resolves.toMatchObject({
      outcome: expect.stringMatching(/put-off|not-mine/),
    });
    await cbb.lanes.messages.probe();
    for (const { messageId } of orders)
      await expect(send(messageId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(cbb.sent).toHaveLength(3);
    await expect(effect(orders[0]!.messageId)).resolves.toMatchObject({ state: 'accepted', reason: null });
  });

  it('is waited for by one job of each message, however many come', async () => {
    const [met, next] = [await plantOrder(test), await plantOrder(test)];
    cbb.failNext('sendTemplate', badToken());
    await send(met.messageId);
    const results = await Promise.all(Array.from({ length: 5 }, () => send(next.messageId)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      'not-mine',
      'not-mine',
      'not-mine',
      'not-mine',
      'put-off',
    ]);
    expect(results.flatMap((result) => result.next ?? [])).toHaveLength(1);
  });

  it('of yesterday is forgotten by a process that starts anew', () => {
    expect(new FakeCbbClient().lanes.messages.view().state).toBe('closed');
  });
});

describe('a vendor that breaks on every message', () => {
  it('makes no more than five of them uncertain before messages wait, unclaimed', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => plantOrder(test)));
    const outcomes: string[] = [];
    for (const { messageId } of orders) {
      cbb.failNext('sendTemplate', broken());
      outcomes.push((await send(messageId)).outcome);
    }
    expect(outcomes).toEqual([...Array(5).fill('uncertain'), ...Array(3).fill('put-off')]);
    expect(calls()).toBe(5);
    await expect(effect(orders[7]!.messageId)).resolves.toMatchObject({
      state: 'planned',
      attempt: 0,
      reason: 'lane-open: http-500',
    });
  });

  it('is tried with a call that sends nothing; no message goes before that went well', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, () => plantOrder(test)));
    for (const { messageId } of orders.slice(0, 5)) {
      cbb.failNext('sendTemplate', broken());
      await send(messageId);
    }
    cbb.failNext('listFields', broken());
    await cbb.lanes.messages.probe();
    await expect(send(orders[5]!.messageId)).resolves.toMatchObject({ outcome: 'put-off' });
    await cbb.lanes.messages.probe();
    await expect(send(orders[5]!.messageId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(cbb.lanes.messages.view().state).toBe('closed');
  });
});

describe('patience that the vendor asks for', () => {
  it('uses no try: after many such answers the message still has all its tries', async () => {
    const { messageId } = await plantOrder(test);
    for (let round = 0; round < 8; round += 1) {
      cbb.failNext('sendTemplate', new VendorError('cbb', 'unavailable', 'http-429', { status: 429 }));
      await expect(send(messageId)).resolves.toMatchObject({ outcome: 'retry' });
    }
    await expect(effect(messageId)).resolves.toMatchObject({ attempt: 8, tries: 0 });
    cbb.failNext('sendTemplate', new VendorError('cbb', 'unavailable', 'success-false', { status: 200 }));
    await expect(send(messageId)).resolves.toMatchObject({ outcome: 'retry' });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'planned', attempt: 9, tries: 1 });
  });
});
