import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { changeEmail } from '@visapi/sandbox/orders';
import type { TimelineEntry } from './api.js';
import { expectNoPersonalData, untilQuiet } from './invariants.js';
import { lasting } from './outage.js';
import { payloadOf, type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

const story = [
  'delivery.received',
  'order.created',
  'contact.synced',
  'message.accepted',
  'message.sent',
  'message.delivered',
  'message.read',
];
const plain = { seed: 20, branch: 'il', country: 'india', consent: true, quirks: false } as const;
const posted: ShopOrder[] = [];

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start();
}, 30_000);
afterAll(() => system.close());

function order(options: Parameters<typeof shopOrder>[0]): ShopOrder {
  const made = shopOrder({ ...plain, ...options });
  posted.push(made);
  return made;
}

/** The order's timeline once it holds everything that is waited for. */
async function untilTold({ id }: ShopOrder, kinds: readonly string[], withinMs = 15_000) {
  return await until(
    () => system.api.timeline(id),
    (entries: TimelineEntry[]) => kinds.every((kind) => entries.some((entry) => entry.kind === kind)),
    withinMs,
  );
}

describe('a paid order', () => {
  it('is stored, synced, confirmed and followed within two seconds, under the correlation id of its request', async () => {
    const { id, body, contact } = order({ sequence: 20_001 });
    const correlationId = 'shop:e2e-journey.1';
    const began = performance.now();
    const answer = await system.shop.post(body, { 'x-correlation-id': correlationId });
    expect(answer).toMatchObject({ status: 200, outcome: 'accepted' });
    const entries = await untilTold({ id, body } as ShopOrder, story);
    expect(performance.now() - began).toBeLessThan(2_000);
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds.filter((kind) => story.includes(kind))).toEqual(story);
    expect(new Set(entries.map((entry) => entry.correlationId))).toEqual(new Set([correlationId]));
    const calls = (await system.sandbox.calls()).filter((call) => call.correlationId === correlationId);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /contacts/${contact}`,
      'POST /contacts',
      `POST /contacts/${contact}/send_content`,
    ]);
  });

  it('is announced under a correlation id of ours, made safe, when the request brings an unusable one', async () => {
    const headers = { 'x-api-key': system.secrets.viziApiKey, 'x-request-id': '<script>"1"' };
    const { body } = order({ sequence: 20_002 });
    const url = `${system.urls.backend}/api/v1/webhooks/vizi/orders`;
    const response = await fetch(url, { method: 'POST', body, headers });
    expect(response.headers.get('x-correlation-id')).toBe('script1');
    expect(response.headers.get('x-request-id')).toBe('script1');
  });
});

describe('two orders of one phone, 50 ms apart', () => {
  it('become two messages, and the contact ends with the values of the newer one', async () => {
    await system.sandbox.fault({ mode: 'slow', delayMs: 40 });
    const pairs = Array.from({ length: 8 }, (_, index) => {
      const older = order({ sequence: 20_100 + index });
      const { phone } = payloadOf(older).form.client;
      return [older, order({ sequence: 20_200 + index, country: 'morocco', phone })] as const;
    });
    await Promise.all(
      pairs.map(async ([older, newer]) => {
        await system.shop.deliver(older.body);
        await lasting(50);
        await system.shop.deliver(newer.body);
      }),
    );
    await Promise.all(pairs.flat().map((one) => untilTold(one, ['contact.synced', 'message.read'])));
    await system.sandbox.reset();
    const contacts = await system.sandbox.contacts();
    for (const [older, newer] of pairs) {
      const fields = contacts.get(older.contact ?? '');
      expect(fields).toMatchObject({ OrderNumber: newer.id, visa_country: 'morocco' });
    }
  }, 60_000);
});

describe('a redelivery with other content', () => {
  it('changes the order and its contact and tells the customer nothing again', async () => {
    const first = order({ sequence: 20_301 });
    const [{ deliveryId } = { deliveryId: '' }] = await system.shop.deliver(first.body);
    await untilTold(first, story);
    const changed = changeEmail(payloadOf(first));
    const answers = await system.shop.deliver(JSON.stringify(changed));
    expect(answers[0]).toMatchObject({ outcome: 'changed' });
    await until(
      () => system.sandbox.contacts(),
      (contacts) => contacts.get(first.contact ?? '')?.['Email'] === changed.form.client.email,
    );
    await untilQuiet(system, 1);
    expect((await system.sandbox.sends()).confirmationsByOrder[first.id]).toBe(1);
    expect(await system.shop.deliver(first.body)).toMatchObject([{ outcome: 'duplicate', deliveryId }]);
    const balance = await untilQuiet(system, 1);
    expect(balance.violations).toEqual([]);
  });

  it('that brings the consent lets the confirmation out, once', async () => {
    const first = order({ sequence: 20_302, consent: false });
    await system.shop.deliver(first.body);
    const skipped = await untilTold(first, ['contact.synced', 'message.skipped']);
    expect(skipped.find(({ kind }) => kind === 'message.skipped')?.detail).toBe('no-consent');
    const { form, order: bought } = payloadOf(first);
    const client = { ...form.client, whatsappAlertsEnabled: true };
    await system.shop.deliver(JSON.stringify({ form: { ...form, client }, order: bought }));
    await untilTold(first, ['order.changed', 'message.read']);
    expect((await system.sandbox.sends()).confirmationsByOrder[first.id]).toBe(1);
  });

  it('that withdraws the consent before the message is claimed keeps it back', async () => {
    const first = order({ sequence: 20_303 });
    await system.sandbox.fault({ mode: 'error-5xx', match: `/contacts/${first.contact}` });
    await system.shop.deliver(first.body);
    await untilTold(first, ['order.created']);
    const { form, order: bought } = payloadOf(first);
    const client = { ...form.client, whatsappAlertsEnabled: false };
    await system.shop.deliver(JSON.stringify({ form: { ...form, client }, order: bought }));
    // The message waits for the contact, which cannot be written before the change has come.
    await untilTold(first, ['order.changed']);
    await system.sandbox.heal();
    const entries = await untilTold(first, ['contact.synced', 'message.skipped']);
    expect(entries.map(({ kind }) => kind)).not.toContain('message.claimed');
    await untilQuiet(system, 1);
    expect((await system.sandbox.sends()).confirmationsByOrder[first.id]).toBeUndefined();
  });
});

describe('afterwards', () => {
  it('no log of backend and worker holds a name, a phone, an e-mail or a document of a customer', async () => {
    await expectNoPersonalData(system, posted);
  });
});
