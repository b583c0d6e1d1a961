import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import type { Message } from './api.js';
import { expectNoPersonalData, untilQuiet } from './invariants.js';
import { lasting } from './outage.js';
import { type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem;
let sequence = 30_000;
const posted: ShopOrder[] = [];

beforeAll(async () => {
  system = await TestSystem.start({ env: { CBB_TIMEOUT: '1500' } });
}, 30_000);
beforeEach(() => system.sandbox.reset(7));
afterAll(() => system.close());

async function postOrders(count: number): Promise<ShopOrder[]> {
  const orders = Array.from({ length: count }, () =>
    shopOrder({ seed: 30, sequence: (sequence += 1), branch: 'il', country: 'india', consent: true }),
  );
  posted.push(...orders);
  await system.shop.burst(orders, { copies: 1 });
  return orders;
}

async function untilStatus({ id }: ShopOrder, statuses: readonly string[], withinMs = 30_000) {
  return await until(
    () => system.api.message(id),
    (message: Message | undefined) => statuses.includes(message?.status ?? ''),
    withinMs,
  );
}

/** Every message read, every order told exactly once. */
async function expectAllTold(orders: readonly ShopOrder[]): Promise<void> {
  for (const order of orders) await untilStatus(order, ['read']);
  const { confirmationsByOrder: sends } = await system.sandbox.sends();
  expect(orders.filter(({ id }) => sends[id] !== 1)).toEqual([]);
}

const attention = (reason: string, atLeast: number) =>
  until(
    () => system.metric('visapi_attention'),
    (samples) => (samples[`{reason="${reason}"}`] ?? 0) >= atLeast,
  );

describe('when CBB', () => {
  it('fails at 30 % of its calls, each customer is told once, or not at all and then listed as uncertain', async () => {
    await system.sandbox.fault({ mode: 'error-5xx', rate: 0.3, times: 20 });
    const orders = await postOrders(25);
    await untilQuiet(system, orders.length, 60_000);
    const { confirmationsByOrder: sends } = await system.sandbox.sends();
    const { uncertain } = await system.api.balance();
    for (const { id } of orders) expect(sends[id] ?? 0).toBe(uncertain.includes(id) ? 0 : 1);
  }, 90_000);

  it.each(['rate-limited', 'success-false'])(
    'answers %s, nothing is lost and nothing doubled',
    async (mode) => {
      await system.sandbox.fault({ mode, rate: 0.5, times: 12 });
      await expectAllTold(await postOrders(12));
    },
    60_000,
  );

  it.each(['timeout-after-accept', 'malformed'])(
    'takes a message and answers %s, its receipt settles it and it is not sent again',
    async (mode) => {
      await system.sandbox.fault({ mode, match: 'send_content', times: 3 });
      await expectAllTold(await postOrders(5));
    },
    60_000,
  );

  it('takes a message without a word and no receipt comes, it stays uncertain, listed, measured, never sent again', async () => {
    await system.sandbox.fault({ mode: 'timeout-after-accept', match: 'send_content', times: 1 });
    await system.sandbox.fault({ mode: 'receipts-lost', match: 'send_content', times: 1 });
    const [order] = await postOrders(1);
    await untilStatus(order!, ['uncertain']);
    expect((await system.api.balance()).uncertain).toContain(order!.id);
    await attention('uncertain', 1);
    // Two rounds of the sweep find nothing to do about it.
    await lasting(11_000);
    expect((await system.sandbox.sends()).confirmationsByOrder[order!.id]).toBe(1);
    expect(await system.api.message(order!.id)).toMatchObject({ status: 'uncertain' });
    expect((await system.api.timeline(order!.id)).map(({ kind }) => kind)).toContain('message.uncertain');
  }, 60_000);

  it('refuses a message, it is failed, listed and measured, and the customer hears nothing', async () => {
    await system.sandbox.fault({ mode: 'refuse', match: 'send_content' });
    const [order] = await postOrders(1);
    const message = await untilStatus(order!, ['failed']);
    expect(message?.reason).toBe('http-400');
    expect((await system.api.balance()).byState['failed']).toBeGreaterThan(0);
    await attention('failed', 1);
    expect((await system.sandbox.sends()).total).toBe(0);
  }, 60_000);

  it('refuses a contact, its confirmation is failed for that reason', async () => {
    await system.sandbox.fault({ mode: 'refuse', match: 'POST /contacts' });
    const [order] = await postOrders(1);
    const message = await untilStatus(order!, ['failed']);
    expect(message?.reason).toBe('contact-failed');
    expect((await system.sandbox.sends()).total).toBe(0);
  }, 60_000);

  it('is not there at all, orders are taken and their effects follow when it is back', async () => {
    await system.stopApp('sandbox');
    const orders = await postOrders(10);
    await lasting(3_000);
    expect((await system.api.balance()).byState['open']).toBeGreaterThanOrEqual(10);
    await system.startApp('sandbox');
    await expectAllTold(orders);
  }, 60_000);
});

describe('afterwards', () => {
  it('the ledger has no violations, and no log tells whom it was about', async () => {
    const balance = await untilQuiet(system, posted.length);
    expect(balance.violations).toEqual([]);
    await expectNoPersonalData(system, posted);
    // Nothing of this was a reason for a process to end.
    expect(system.reports).toEqual([]);
  });
});
