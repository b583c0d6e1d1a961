import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { expectNoPersonalData, untilQuiet } from './invariants.js';
import { type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

interface Line {
  readonly id: string;
  readonly level: string;
  readonly message: string;
  readonly event: string | null;
  readonly orderId: string | null;
  readonly correlationId: string | null;
  readonly process: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const plain = { seed: 61, branch: 'il', country: 'india', consent: true, quirks: false } as const;

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start();
}, 30_000);
afterAll(() => system.close());

const lines = async (query: string) => await system.api.get<Line[]>(`/logs?perPage=100&${query}`);

async function refusedOrder(sequence: number): Promise<ShopOrder> {
  await system.sandbox.fault({ mode: 'refuse', match: 'send_content', times: 1 });
  const order = shopOrder({ ...plain, sequence });
  await system.shop.deliver(order.body);
  await until(
    () => system.api.message(order.id),
    (message) => message?.status === 'failed',
  );
  return order;
}

describe('an operator who asks the backend for its log', () => {
  it('finds what the worker warned of by its correlation id, and the order’s whole story by the order', async () => {
    const order = await refusedOrder(61_001);
    const { id } = order;
    const [told] = await system.api.timeline(id);
    const correlationId = told?.correlationId ?? '';
    const warnings = await until(
      () => lines(`level=warn&correlationId=${correlationId}`),
      ({ length }) => length > 0,
      5_000,
    );
    expect(warnings).toEqual([
      expect.objectContaining({ process: 'worker', level: 'error', message: 'needs attention', orderId: id }),
    ]);
    const story = await until(
      () => lines(`orderId=${id}`),
      (found) => new Set(found.map(({ process }) => process)).size === 2,
      5_000,
    );
    const events = story.map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['delivery.received', 'order.created', 'contact.synced']));
    const stats = await system.api.get<{ byLevel: { error: number } }>('/logs/stats');
    expect(stats.byLevel.error).toBeGreaterThan(0);
    await expectNoPersonalData(system, [order]);
  }, 60_000);

  it('finds lines of a process that was told to stop, up to its last', async () => {
    const { id } = await refusedOrder(61_002);
    await system.stopApp('worker');
    const found = await lines(`orderId=${id}&level=error`);
    expect(found).toHaveLength(1);
    await system.startApp('worker');
    await untilQuiet(system, 2);
  }, 60_000);

  it('sees when keys were used last, once the backend has told', async () => {
    await system.stopApp('backend');
    await system.startApp('backend');
    const told = await system.api.all<{ type: string; payload: { count: number } }>(
      '/events?type=api-key.used',
    );
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.reduce((sum, { payload }) => sum + payload.count, 0)).toBeGreaterThan(told.length);
  }, 60_000);
});
