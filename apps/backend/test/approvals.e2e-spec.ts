import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { untilQuiet } from './invariants.js';
import { shopOrder } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

const link = (number: number) => `https://files.example.test/visa${number}.pdf`;
const twelve = Array.from({ length: 12 }, (_, index) => ({
  applicationId: `apl_${index + 1}`,
  firstName: 'DANA',
  surname: `LEDUGMA ${index + 1}`,
  visaUrl: link(index + 1),
}));
const everyLink = twelve.map(({ visaUrl }) => visaUrl).sort();

async function untilDocuments(running: TestSystem, count: number): Promise<string[]> {
  return await until(
    async () => await running.sandbox.documents(),
    (documents) => documents.length >= count,
    30_000,
  );
}

describe('an order of twelve applicants that is approved in Airtable', () => {
  it('hands out twelve documents, once each, though two workers watch and one dies in between', async () => {
    const env = { AIRTABLE_POLL_SECONDS: '1', WHATSAPP_MESSAGE_DELAY_MS: '200' };
    system = await TestSystem.start({ env, workers: 2 });
    const order = shopOrder({ seed: 21, sequence: 21_001 });
    await system.shop.deliver(order.body);
    await untilQuiet(system, 1);
    await system.sandbox.complete(order.id, twelve);
    await untilDocuments(system, 3);
    const pid = system.pid('worker');
    system.signal('worker', 'SIGKILL');
    await system.restarted('worker', pid);
    const balance = await untilQuiet(system, 1);
    const documents = await system.sandbox.documents();
    expect(new Set(documents).size).toBe(documents.length);
    const messages = (await system.api.messages(order.id)).filter(({ template }) => /^visa/.test(template));
    expect(messages).toHaveLength(12);
    // What the dead worker was sending may never have left it; it is listed, and nothing else is missing.
    const unknown = messages.filter(({ status }) => status === 'uncertain').length;
    expect(documents.length + unknown).toBeGreaterThanOrEqual(12);
    expect(everyLink).toEqual(expect.arrayContaining(documents));
    expect(balance.violations).toEqual([]);
    const names = messages.map(({ template }) => template);
    expect(names.filter((name) => name === 'visa_approval_file_phone')).toHaveLength(1);
  }, 90_000);

  it('can have a part of it sent again by an operator, to another phone, as messages of their own', async () => {
    system = await TestSystem.start({ env: { AIRTABLE_POLL_SECONDS: '1' } });
    const order = shopOrder({ seed: 22, sequence: 22_001 });
    await system.shop.deliver(order.body);
    await untilQuiet(system, 1);
    await system.sandbox.complete(order.id, twelve.slice(0, 3));
    await untilDocuments(system, 3);
    await untilQuiet(system, 1);
    const wish = {
      orderId: order.id,
      applicationIds: ['apl_2'],
      phone: '+972500000088',
      reason: 'lost phone',
    };
    const dry = await system.api.post('/webhooks/vizi/resend-visa', { ...wish, dryRun: true });
    expect(dry).toMatchObject({ status: 200, data: { details: { messagesSent: 0 } } });
    const done = await system.api.post('/webhooks/vizi/resend-visa', wish);
    expect(done).toMatchObject({
      status: 200,
      data: {
        success: true,
        details: { applicationsFound: 3, messagesSent: 1, filteredApplicationIds: ['apl_2'] },
      },
    });
    const documents = await untilDocuments(system, 4);
    expect(documents.filter((document) => document === link(2))).toHaveLength(2);
    const kinds = (await system.api.timeline(order.id)).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['visa.completed', 'operator.resent']));
    const none = await system.api.post('/webhooks/vizi/resend-visa', { ...wish, applicationIds: ['apl_77'] });
    expect(none.status).toBe(400);
    const unknown = await system.api.post('/webhooks/vizi/resend-visa', { ...wish, orderId: 'IL990101IN9' });
    expect(unknown.status).toBe(404);
  }, 60_000);
});

describe('issues that staff report over HTTP', () => {
  it('are told once, and the chatbot finds the order', async () => {
    system = await TestSystem.start({ env: { AIRTABLE_POLL_SECONDS: '1' } });
    const order = shopOrder({ seed: 23, sequence: 23_001 });
    await system.shop.deliver(order.body);
    await untilQuiet(system, 1);
    const { form } = JSON.parse(order.body) as { form: { applicants: { id: string }[] } };
    const body = {
      applicantId: form.applicants[0]?.id,
      issues: { passport_photo: [{ value: 'with_shadow_light', label: 'With Shadow/Light' }] },
    };
    const first = await system.api.post('/webhooks/visanet/mistakes', body);
    expect(first).toMatchObject({
      status: 200,
      data: { success: true, details: { orderId: order.id, totalIssues: 1 } },
    });
    const second = await system.api.post('/webhooks/visanet/mistakes', body);
    expect(second).toMatchObject({ status: 200, data: { details: { status: 'duplicate' } } });
    await untilQuiet(system, 1);
    const told = (await system.sandbox.calls()).filter(({ body: sent }) =>
      JSON.stringify(sent ?? '').includes('fix_mistake_global_hebrew'),
    );
    expect(told).toHaveLength(1);
    await system.sandbox.complete(order.id, twelve.slice(0, 1));
    const found = await system.api.post('/airtable/lookup', { field: 'orderid', key: order.id });
    expect(found).toMatchObject({
      status: 200,
      data: { status: 'found', applications: [{ applicationId: 'apl_1' }] },
    });
  }, 60_000);
});

describe('a takeover', () => {
  it('declares what is completed by now told, on an operator’s word alone, and tells what is completed later', async () => {
    // It never looks by itself: only when an operator asks.
    system = await TestSystem.start({ env: { AIRTABLE_POLL_SECONDS: '0' } });
    const [old, later] = [24_001, 24_002].map((sequence) => shopOrder({ seed: 24, sequence }));
    for (const order of [old, later]) await system.shop.deliver(order!.body);
    await untilQuiet(system, 2);
    await system.sandbox.complete(old!.id, twelve.slice(0, 2));
    const { api } = system;
    const stats = async () =>
      await api.get<{
        pending: number;
        done: number;
        lastRun: { finishedAt: string | null; requested: boolean };
      }>('/airtable/completed/stats');
    expect(await stats()).toMatchObject({ pending: 0, done: 0, lastRun: { finishedAt: null } });
    const dry = await api.post('/airtable/completed/bootstrap', { reason: 'takeover', dryRun: true });
    expect(dry).toMatchObject({ status: 200, data: { requested: false } });
    expect((await api.post('/airtable/completed/bootstrap', {})).status).toBe(400);
    const done = await api.post('/airtable/completed/bootstrap', { reason: 'takeover' });
    expect(done).toMatchObject({ status: 200, data: { requested: true } });
    await until(stats, (now) => now.done === 1);
    await system.sandbox.complete(later!.id, twelve.slice(2, 3));
    await until(stats, (now) => now.lastRun.finishedAt !== null && !now.lastRun.requested);
    expect((await api.post('/airtable/completed/check', {})).status).toBe(200);
    await until(stats, (now) => now.done === 2);
    expect(await untilDocuments(system, 1)).toEqual([link(3)]);
    const records = await api.get<{ orderId: string; reason: string }[]>('/airtable/completed');
    expect(Object.fromEntries(records.map(({ orderId, reason }) => [orderId, reason]))).toEqual({
      [old!.id]: 'bootstrap',
      [later!.id]: 'told',
    });
  }, 60_000);
});
