import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  plantOrder,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
  viziOrder,
} from '@visapi/backend-testing';
import { BatchOperationsModule } from '@visapi/backend-repositories';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { viziOrders } from '../webhooks/vizi.webhook.js';
import { OrdersHttpModule } from './orders-http.module.js';

type App = Awaited<ReturnType<typeof createHttpApp>>;

const pepper = 'pepper';
const caller = '203.0.113.7';
let test: TestDatabase;
let plain: App;
let behindProxy: App;

async function start(trustProxy: string | undefined): Promise<App> {
  const http = { port: 0, host: '127.0.0.1', reusePort: false, trustProxy };
  const modules = [
    BatchOperationsModule.forRoot(),
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    WebhooksHttpModule.register([viziOrders]),
    OrdersHttpModule,
  ];
  return await createHttpApp(testRoot(test.url, modules), { http, process: quietProcess }, quietLog);
}

beforeAll(async () => {
  test = await createTestDatabase();
  const scopes = ['webhook:vizi', 'admin', 'orders:write', 'orders:operate', 'deliveries:operate'];
  await seedApiKeys({
    databaseUrl: test.ownerUrl,
    pepper,
    keys: [{ name: 'all', key: 'all.s3cret', scopes }],
  });
  plain = await start(undefined);
  behindProxy = await start('10.0.0.0/8');
});
afterAll(async () => {
  await plain.close();
  await behindProxy.close();
  await test.drop();
});

interface Asked {
  readonly method?: 'POST' | 'PATCH';
  readonly from?: string;
  readonly forwardedFor?: string;
}

async function ask(
  app: App,
  path: string,
  body: object,
  { method = 'POST', from = caller, forwardedFor }: Asked,
) {
  const forwarded = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const answer = await app.app.inject({
    method,
    url: `/api/v1/${path}`,
    remoteAddress: from,
    headers: { 'x-api-key': 'all.s3cret', ...forwarded },
    payload: JSON.stringify(body),
  });
  expect(answer.statusCode).toBeLessThan(300);
}

async function addressesOf(id: string, type: string): Promise<(string | null)[]> {
  const rows = await test.query<{ ip: string | null }>(
    `select ip from events where type = $2 and aggregate_id in (select $1
      union select id::text from deliveries where order_id = $1) order by position`,
    [id, type],
  );
  return rows.map(({ ip }) => ip);
}

async function patched(app: App, asked: Asked): Promise<(string | null)[]> {
  const { orderId } = await plantOrder(test);
  const wish = { clientName: 'Noa Invented', reason: 'misspelt' };
  await ask(app, `orders/${orderId}`, wish, { method: 'PATCH', ...asked });
  return await addressesOf(orderId, 'order.changed');
}

describe('the history of an order', () => {
  it('says from where an operator corrected it', async () => {
    await expect(patched(plain, {})).resolves.toEqual([caller]);
  });

  it('shows an IPv4 address as what it is on a socket of both families', async () => {
    await expect(patched(plain, { from: `::ffff:${caller}` })).resolves.toEqual([caller]);
    await expect(patched(plain, { from: '2001:db8::7' })).resolves.toEqual(['2001:db8::7']);
  });

  it('says from where it was placed by hand or sent again, and keeps no address of the shop', async () => {
    const [byHand, byShop] = ['IL260105IN71', 'IL260105IN72'];
    await ask(plain, 'orders', viziOrder({ order: { id: byHand } }), {});
    await ask(plain, 'webhooks/vizi/orders', viziOrder({ order: { id: byShop } }), {});
    await expect(addressesOf(byHand, 'delivery.received')).resolves.toEqual([caller]);
    await expect(addressesOf(byShop, 'delivery.received')).resolves.toEqual([null]);
  });

  it('does not believe what a caller says of himself', async () => {
    await expect(patched(plain, { forwardedFor: '198.51.100.1' })).resolves.toEqual([caller]);
    await expect(patched(behindProxy, { forwardedFor: '198.51.100.1' })).resolves.toEqual([caller]);
  });

  it('believes a trusted proxy, and of what it was told itself only what it saw', async () => {
    const asked = { from: '10.1.2.3', forwardedFor: `198.51.100.1, ${caller}` };
    await expect(patched(behindProxy, asked)).resolves.toEqual([caller]);
  });
});
