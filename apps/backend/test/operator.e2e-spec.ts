import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { untilQuiet } from './invariants.js';
import { payloadOf, type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

const plain = { seed: 25, branch: 'il', country: 'india', consent: true, quirks: false } as const;

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start();
}, 30_000);
afterAll(() => system.close());

/** An order that the CRM holds and whose customer has read the confirmation. */
async function told(sequence: number): Promise<ShopOrder> {
  const order = shopOrder({ ...plain, sequence });
  await system.shop.deliver(order.body);
  await until(
    () => system.api.timeline(order.id),
    (entries) => entries.some(({ kind }) => kind === 'message.read'),
  );
  return order;
}

describe('an operator', () => {
  it('has a contact written again, every field of it, though the CRM had confirmed them all', async () => {
    const { id, contact } = await told(25_001);
    const writes = async () =>
      (await system.sandbox.calls()).filter(
        ({ method, path }) => method === 'POST' && path.startsWith(`/contacts/${contact}/custom_fields/`),
      ).length;
    expect(await writes()).toBe(0);
    const { data } = await system.api.post<{ fields: string[] }>(`/orders/${id}/sync`, { reason: 'a check' });
    await until(writes, (count) => count === data.fields.length);
    await untilQuiet(system, 1);
    const kinds = (await system.api.timeline(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'contact.synced')).toHaveLength(2);
    expect(kinds).toContain('operator.synced');
    expect((await system.sandbox.sends()).confirmationsByOrder[id]).toBe(1);
  });

  it('sends a confirmation again as often as he says so and never oftener, however fast he clicks', async () => {
    const { id } = await told(25_002);
    const click = async () =>
      (await system.api.post(`/orders/${id}/messages`, { reason: 'asked for' })).status;
    // A message that went out between two clicks may be sent again: none does while no worker runs.
    await system.stopApp('worker');
    const clicks = await Promise.all([click(), click(), click()]);
    await system.startApp('worker');
    expect(clicks.toSorted()).toEqual([200, 409, 409]);
    await until(
      () => system.sandbox.sends(),
      ({ confirmationsByOrder }) => confirmationsByOrder[id] === 2,
    );
    const balance = await untilQuiet(system, 1);
    expect(balance.violations).toEqual([]);
    expect((await system.sandbox.sends()).confirmationsByOrder[id]).toBe(2);
    type Shown = { id: string; purpose: string; applicantId: null; resendOf: string | null };
    const [again, first] = await system.api.get<Shown[]>(`/messages?orderId=${id}`);
    expect(again).toMatchObject({ purpose: 'confirmation', applicantId: null, resendOf: first?.id });
    await expect(system.api.get<Shown>(`/messages/${first?.id}`)).resolves.toMatchObject({ resendOf: null });
  });

  it('finds that a field the newest order says nothing of no longer shows an older order’s value', async () => {
    const older = shopOrder({ ...plain, sequence: 25_003 });
    const newer = shopOrder({ ...plain, sequence: 25_004 });
    const shared = payloadOf(older).form.client;
    const { form, order } = payloadOf(newer);
    const { entry: _none, ...rest } = { ...form, client: shared } as typeof form & { entry?: unknown };
    await system.shop.deliver(older.body);
    const dateOf = async () => (await system.sandbox.contacts()).get(older.contact ?? '')?.['order_date'];
    await until(dateOf, (date) => date !== undefined);
    await system.shop.deliver(JSON.stringify({ form: rest, order }));
    await until(dateOf, (date) => date === undefined);
  });

  it('sees on the worker that the ids of the CRM’s fields are the account’s', async () => {
    const ready = async () => (await (await fetch(`${system.urls.worker}/readyz`)).json()) as object;
    const right = { checks: { 'cbb-fields': { state: 'up', needed: false } } };
    await until(ready, (answer) => JSON.stringify(answer).includes('"cbb-fields":{"state":"up"'));
    expect(await ready()).toMatchObject(right);
  });
});

describe('a worker whose field id belongs to another field of the account', () => {
  it('says so, keeps working and never writes that field', async () => {
    const ids = { OrderNumber: 459752, customer_name: 779770, visa_type: 877737 };
    const env = { CBB_FIELD_IDS: JSON.stringify(ids) };
    const other = await TestSystem.start({ env });
    try {
      const ready = async () => await (await fetch(`${other.urls.worker}/readyz`)).text();
      const answer = await until(ready, (text) => text.includes('"cbb-fields":{"state":"down"'));
      expect(answer).toContain('visa_type is 877737, which the account calls visa_country');
      expect((await fetch(`${other.urls.worker}/readyz`)).status).toBe(200);
      const order = shopOrder({ ...plain, sequence: 25_005 });
      const { contact = '' } = order;
      await other.shop.deliver(order.body);
      const held = await until(
        async () => (await other.sandbox.contacts()).get(contact),
        (fields) => fields !== undefined,
      );
      expect(held).toHaveProperty('OrderNumber');
      expect(held).not.toHaveProperty('visa_type');
      // A known contact is written field by field, the fields that the setting does not name among them.
      const again = shopOrder({ ...plain, sequence: 25_006 });
      const { client } = payloadOf(order).form;
      const { form, order: bought } = payloadOf(again);
      await other.shop.deliver(JSON.stringify({ form: { ...form, client }, order: bought }));
      await until(
        () => other.api.timeline(again.id),
        (entries) => entries.some(({ kind }) => kind === 'message.accepted'),
      );
    } finally {
      await other.close();
    }
  }, 60_000);
});
