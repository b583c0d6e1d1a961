import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { untilQuiet } from './invariants.js';
import { mixedOrders, type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

interface Shown {
  readonly processedAt: string | null;
  readonly sync: {
    readonly state: string;
    readonly waitingFor: string | null;
    readonly reason: string | null;
  };
}

interface Stats {
  readonly totalOrders: number;
  readonly timeSeries: readonly { readonly orders: number }[];
}

/** Reads per look: among so many, each on a connection of its own, both backends are met. */
const looks = 24;
const boundMs = 2_000;

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start({ workers: 2, backends: 2 });
}, 60_000);
afterAll(() => system.close());

const plain = { seed: 40, branch: 'il', country: 'india', quirks: false } as const;
const show = async ({ id }: ShopOrder) => await system.api.get<Shown>(`/orders/${id}`);
const told = async ({ id }: ShopOrder, kind: string) =>
  (await system.api.timeline(id)).filter((entry) => entry.kind === kind);

async function statsEverywhere(): Promise<Stats[]> {
  const headers = { 'x-api-key': system.secrets.adminApiKey, connection: 'close' };
  return await Promise.all(
    Array.from({ length: looks }, async () => {
      const response = await fetch(`${system.urls.backend}/api/v1/orders/stats?period=week`, { headers });
      return ((await response.json()) as { data: Stats }).data;
    }),
  );
}

describe('orders on their way through two workers', () => {
  it('are processed when their customers are told, each once, and say where they stand', async () => {
    const orders = [
      ...mixedOrders(3, 60).filter(({ test }) => !test),
      ...Array.from({ length: 20 }, (_, index) =>
        shopOrder({ ...plain, consent: true, sequence: 40_001 + index }),
      ),
    ];
    await Promise.all(orders.map(async ({ body }) => await system.shop.deliver(body)));
    await untilQuiet(system, orders.length);
    for (const made of orders) {
      const shown = await until(
        async () => await show(made),
        ({ processedAt }) => processedAt !== null,
      );
      expect(['processed', 'withheld']).toContain(shown.sync.state);
      expect(shown.sync.waitingFor).toBeNull();
      expect(await told(made, 'order.processed')).toHaveLength(1);
    }
    for (const made of orders.slice(-20)) expect((await show(made)).sync.state).toBe('processed');
  }, 90_000);

  it('stop visibly where the CRM refuses, and are processed once an operator has mended it', async () => {
    const made = shopOrder({ ...plain, consent: true, sequence: 40_101 });
    await system.sandbox.fault({ mode: 'refuse', match: 'POST /contacts' });
    await system.shop.deliver(made.body);
    const stopped = await until(
      async () => await show(made).catch(() => undefined),
      (shown) => shown?.sync.state === 'stopped',
    );
    expect(stopped).toMatchObject({ processedAt: null, sync: { waitingFor: 'operator' } });
    await system.sandbox.reset();
    const again = { mode: 'single', orderId: made.id, skipProcessed: false, reason: 'the CRM is mended' };
    const { status } = await system.api.post('/webhooks/vizi/retrigger', again);
    expect(status).toBe(200);
    await until(
      async () => await show(made),
      ({ processedAt, sync }) => processedAt !== null && sync.state === 'processed',
    );
    expect(await told(made, 'order.processed')).toHaveLength(1);
  }, 60_000);
});

describe('statistics in two backends', () => {
  it('follow what is committed within two seconds, in both, although both had cached them', async () => {
    const [before] = await statsEverywhere();
    const known = before?.totalOrders ?? Number.NaN;
    for (let index = 1; index <= 3; index += 1) {
      const made = shopOrder({ ...plain, consent: true, sequence: 40_200 + index });
      await system.shop.deliver(made.body);
      await until(
        async () => await show(made).catch(() => undefined),
        (shown) => shown !== undefined,
      );
      const answers = await until(
        statsEverywhere,
        (all) => all.every(({ totalOrders }) => totalOrders === known + index),
        boundMs,
      );
      const steps = answers[0]?.timeSeries.map(({ orders }) => orders) ?? [];
      expect(steps.reduce((sum, orders) => sum + orders, 0)).toBe(known + index);
    }
  }, 60_000);
});
