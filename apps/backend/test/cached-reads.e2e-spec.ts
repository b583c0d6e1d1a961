import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

/** Reads per look, each on a connection of its own: among so many both backends are met. */
const looks = 24;
const boundMs = 2_000;

interface Shown {
  readonly orderId: string;
  readonly clientName: string | null;
  readonly whatsappConfirmationSent: boolean;
}

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start({ backends: 2 });
}, 60_000);
afterAll(() => system.close());

let sequence = 30_000;
function order(): ShopOrder {
  sequence += 1;
  return shopOrder({ seed: 30, branch: 'il', country: 'india', consent: true, quirks: false, sequence });
}

async function ask(method: string, path: string, body?: object) {
  const headers = { 'x-api-key': system.secrets.adminApiKey, connection: 'close' };
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(`${system.urls.backend}/api/v1${path}`, init);
  return { status: response.status, ...((await response.json()) as { data?: unknown; error?: unknown }) };
}

async function everywhere<T>(path: string): Promise<T[]> {
  const answers = await Promise.all(Array.from({ length: looks }, async () => await ask('GET', path)));
  return answers.map(({ data }) => data as T);
}

async function told({ id, body }: ShopOrder): Promise<void> {
  await system.shop.deliver(body);
  await until(
    async () => (await system.api.message(id).catch(() => undefined))?.status,
    (status) => status !== undefined && status !== 'planned' && status !== 'claimed',
  );
}

describe('what two backends show of orders', () => {
  it('follows what the worker does within two seconds, in both, although both had cached it', async () => {
    const made = order();
    await system.shop.deliver(made.body);
    // Cached as early as there is something to cache, so that every later step makes it outdated.
    await until(
      async () => (await ask('GET', `/orders/${made.id}`)).status,
      (status) => status === 200,
    );
    await everywhere(`/orders/${made.id}`);
    await until(
      async () => await system.api.timeline(made.id),
      (entries) => entries.some(({ kind }) => kind === 'message.accepted'),
    );
    await until(
      async () => await everywhere<Shown>(`/orders/${made.id}`),
      (answers) => answers.every(({ whatsappConfirmationSent }) => whatsappConfirmationSent),
      boundMs,
    );
    await until(
      async () => await everywhere<Shown[]>('/orders?whatsappConfirmationSent=true'),
      (answers) => answers.every((list) => list.some(({ orderId }) => orderId === made.id)),
      boundMs,
    );
  }, 60_000);

  it('shows a correction in its own answer, and everywhere within two seconds', async () => {
    const made = order();
    await told(made);
    for (const clientName of ['רות לדוגמה', 'דנה לדוגמה']) {
      await everywhere(`/orders/${made.id}`);
      await everywhere('/orders');
      const patch = { clientName, reason: 'a call' };
      await expect(ask('PATCH', `/orders/${made.id}`, patch)).resolves.toMatchObject({
        data: { clientName },
      });
      await until(
        async () => await everywhere<Shown>(`/orders/${made.id}`),
        (answers) => answers.every((shown) => shown.clientName === clientName),
        boundMs,
      );
      await until(
        async () => await everywhere<Shown[]>('/orders'),
        (answers) =>
          answers.every((list) => list.find(({ orderId }) => orderId === made.id)?.clientName === clientName),
        boundMs,
      );
    }
  }, 60_000);
});

describe('the routes of the cache', () => {
  it('show what is held per family, and forget by pattern or wholly', async () => {
    await ask('GET', '/orders');
    await expect(ask('GET', '/cache/stats')).resolves.toMatchObject({
      status: 200,
      data: {
        families: [
          { family: 'order', redis: { bytes: expect.any(Number) } },
          { family: 'orders' },
          { family: 'warnings' },
          { family: 'order-stats' },
          { family: 'api-key', ratio: expect.any(Number) },
          { family: 'user' },
        ],
      },
    });
    await expect(ask('DELETE', '/cache?pattern=order:*')).resolves.toMatchObject({
      status: 200,
      data: { cleared: 'order:*' },
    });
    await expect(ask('DELETE', '/cache')).resolves.toMatchObject({ status: 200, data: { cleared: '*' } });
    await expect(ask('GET', '/orders')).resolves.toMatchObject({ status: 200 });
  });

  it('answer 400 to a pattern of no family, naming those there are, and 401 and 403 to others', async () => {
    await expect(ask('DELETE', '/cache?pattern=ordres:*')).resolves.toMatchObject({
      status: 400,
      error: {
        details: [
          {
            path: 'pattern',
            message: expect.stringContaining('order, orders, warnings, order-stats, api-key'),
          },
        ],
      },
    });
    await expect(ask('DELETE', '/cache?patern=order:*')).resolves.toMatchObject({ status: 400 });
    const stats = `${system.urls.backend}/api/v1/cache/stats`;
    expect((await fetch(stats)).status).toBe(401);
    expect((await fetch(stats, { headers: { 'x-api-key': system.secrets.viziApiKey } })).status).toBe(403);
  });
});
