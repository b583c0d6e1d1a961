import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { confirmation, phoneNumberId, SandboxClient, templateMessage, viziApiKey } from './sandbox-client.js';

let sandbox: SandboxClient;
beforeAll(async () => {
  sandbox = await SandboxClient.start();
});
beforeEach(() => sandbox.post('/_control/reset', { contacts: true }));
afterAll(() => sandbox.stop());

/** A phone nobody else in this file writes to, so that late receipts of one test disturb no other. */
let lastPhone = 972500000000;
const newPhone = () => String((lastPhone += 1));
const statusesOf = (statuses: readonly { status: string }[]) => statuses.map(({ status }) => status);

describe('receipts', () => {
  it('follow an accepted message: sent, delivered, read, signed, with the callback data CBB puts in', async () => {
    const phone = newPhone();
    await sandbox.confirm(phone);
    const statuses = await sandbox.backend.received(phone, 3);
    expect(statusesOf(statuses)).toEqual(['sent', 'delivered', 'read']);
    expect(new Set(statuses.map(({ id }) => id)).size).toBe(1);
    expect(statuses.map((status) => status.biz_opaque_callback_data)).toEqual(
      Array(3).fill(`{"c":"${phone}"}`),
    );
    expect(statuses[0]?.timestamp).toMatch(/^\d{10}$/);
    expect(sandbox.backend.bodies.every(({ signatureValid }) => signatureValid)).toBe(true);
  });

  it('keep the callback data of a message sent through Meta directly, and carry the id it was given', async () => {
    const phone = newPhone();
    const message = { ...templateMessage(phone, confirmation('IL1')), biz_opaque_callback_data: 'effect-1' };
    const answer = await sandbox.post(`/meta/v23.0/${phoneNumberId}/messages`, message);
    const [sent] = await sandbox.backend.received(phone, 3);
    expect(sent).toMatchObject({
      biz_opaque_callback_data: 'effect-1',
      id: (answer.json()['messages'] as [{ id: string }])[0].id,
    });
  });

  it('come again, byte for byte, after anything but a 200', async () => {
    const phone = newPhone();
    sandbox.backend.nextAnswers.push(503);
    await sandbox.confirm(phone);
    // How many statuses are in the refused body is the clock's affair.
    const ours = () => sandbox.backend.bodies.filter(({ statuses }) => statuses[0]?.recipient_id === phone);
    const refused = () => ours()[0]?.statuses ?? [];
    await sandbox.backend.until(() => sandbox.backend.statuses(phone).length === 3 + refused().length);
    expect(ours().filter(({ statuses }) => isDeepStrictEqual(statuses, refused()))).toHaveLength(2);
    expect(statusesOf(sandbox.backend.statuses(phone)).toSorted()).toEqual(
      ['delivered', 'read', 'sent', ...statusesOf(refused())].toSorted(),
    );
  });

  it('come in bodies of at most 50 when there are many', async () => {
    const phones = Array.from({ length: 200 }, newPhone);
    await Promise.all(phones.map((phone) => sandbox.confirm(phone)));
    const wanted = new Set(phones);
    const ours = () => sandbox.backend.statuses().filter(({ recipient_id }) => wanted.has(recipient_id));
    await sandbox.backend.until(() => ours().length >= 600);
    expect(ours()).toHaveLength(600);
    const sizes = sandbox.backend.bodies.map(({ statuses }) => statuses.length);
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
  });

  it.each([
    ['receipts-out-of-order', ['read', 'delivered', 'sent']],
    ['receipts-failed', ['sent', 'failed']],
  ])('obey %s', async (mode, expected) => {
    const phone = newPhone();
    await sandbox.fault({ vendor: 'cbb', match: 'send_content', mode, times: 1 });
    await sandbox.confirm(phone);
    expect(statusesOf(await sandbox.backend.received(phone, expected.length))).toEqual(expected);
  });

  it('can be doubled, and lost', async () => {
    const [doubled, lost, usual] = [newPhone(), newPhone(), newPhone()];
    await sandbox.fault({ vendor: 'cbb', mode: 'receipts-lost', match: lost });
    await sandbox.fault({ vendor: 'cbb', mode: 'receipts-duplicated', match: doubled });
    for (const phone of [lost, doubled, usual]) await sandbox.confirm(phone);
    expect(await sandbox.backend.received(doubled, 6)).toHaveLength(6);
    await sandbox.backend.received(usual, 3);
    expect(sandbox.backend.statuses(lost)).toEqual([]);
  });
});

describe('faults', () => {
  it.each([
    ['error-5xx', 500],
    ['refuse', 400],
    ['success-false', 200],
    ['rate-limited', 429],
  ])('%s answers %d, does nothing, and is over after its times', async (mode, status) => {
    const phone = newPhone();
    await sandbox.fault({ vendor: 'cbb', match: 'send_content', mode, times: 1 });
    const struck = await sandbox.confirm(phone);
    expect([struck.status, struck.json()['success']]).toEqual([status, false]);
    expect((await sandbox.get(`/_control/sends?phone=${phone}`)).json()['total']).toBe(0);
    expect((await sandbox.confirm(phone)).json()).toEqual({ success: true });
    expect((await sandbox.calls()).map(({ outcome }) => outcome)).toEqual([mode, 'accepted']);
  });

  it('rate-limited says when to come back every second time', async () => {
    await sandbox.fault({ vendor: 'cbb', mode: 'rate-limited' });
    const headers: (string | null)[] = [];
    for (let call = 0; call < 4; call += 1)
      headers.push((await sandbox.confirm('1234567')).headers.get('retry-after'));
    expect(headers).toEqual([null, '1', null, '1']);
  });

  it('slow-after-accept does it at once and answers so late that the receipts come first', async () => {
    const phone = newPhone();
    await sandbox.fault({ vendor: 'cbb', match: 'send_content', mode: 'slow-after-accept', delayMs: 400 });
    let answered = false;
    const answer = sandbox.confirm(phone).finally(() => (answered = true));
    expect(statusesOf(await sandbox.backend.received(phone, 3))).toEqual(['sent', 'delivered', 'read']);
    expect(answered).toBe(false);
    expect((await answer).json()).toEqual({ success: true });
    expect(await sandbox.calls()).toMatchObject([{ outcome: 'slow-after-accept' }]);
  });

  it('empty-contact answers as if nobody were known, until the faults are ended', async () => {
    const phone = newPhone();
    await sandbox.post('/cbb/contacts', { phone });
    await sandbox.fault({ vendor: 'cbb', match: 'GET /contacts', mode: 'empty-contact' });
    expect((await sandbox.get(`/cbb/contacts/${phone}`)).json()).toMatchObject({ id: 0, custom_fields: [] });
    expect((await sandbox.call('DELETE', '/_control/faults')).status).toBe(200);
    expect((await sandbox.get(`/cbb/contacts/${phone}`)).json()).toMatchObject({ id: Number(phone) });
    expect((await sandbox.calls()).map(({ outcome }) => outcome)).toEqual([
      'accepted',
      'empty-contact',
      'accepted',
    ]);
  });

  it('receipts-batched brings what happened within a second in one body', async () => {
    const phone = newPhone();
    await sandbox.fault({ vendor: 'cbb', mode: 'receipts-batched' });
    await sandbox.confirm(phone);
    await sandbox.backend.received(phone, 3);
    const bodies = sandbox.backend.bodies.filter(({ statuses }) =>
      statuses.some(({ recipient_id: recipient }) => recipient === phone),
    );
    // Two when a second ends between the first receipt and the last.
    expect(bodies.length).toBeLessThan(3);
  });

  it('timeout-after-accept does it, receipts included, then cuts the line without a word', async () => {
    const phone = newPhone();
    await sandbox.fault({
      vendor: 'cbb',
      match: 'send_content',
      mode: 'timeout-after-accept',
      delayMs: 150,
      times: 1,
    });
    await expect(sandbox.confirm(phone)).rejects.toThrow('fetch failed');
    expect(statusesOf(await sandbox.backend.received(phone, 3))).toEqual(['sent', 'delivered', 'read']);
    expect(await sandbox.calls()).toMatchObject([{ outcome: 'timeout-after-accept' }]);
    expect((await sandbox.get('/_control/sends')).json()['total']).toBe(1);
  });

  it('malformed does it and answers a page of HTML', async () => {
    const phone = newPhone();
    await sandbox.fault({ vendor: 'cbb', mode: 'malformed', times: 1 });
    const answer = await sandbox.confirm(phone);
    expect([answer.status, answer.text.slice(0, 9)]).toEqual([200, '<!DOCTYPE']);
    expect(await sandbox.backend.received(phone, 3)).toHaveLength(3);
  });

  it('slow answers as usual, later', async () => {
    await sandbox.fault({ vendor: 'cbb', mode: 'slow', delayMs: 80, times: 1 });
    const before = performance.now();
    expect((await sandbox.confirm(newPhone())).json()).toEqual({ success: true });
    expect(performance.now() - before).toBeGreaterThanOrEqual(78);
    expect(await sandbox.calls()).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('refuses a fault it does not know', async () => {
    expect((await sandbox.fault({ vendor: 'cbb', mode: 'explode' })).status).toBe(400);
  });
});

describe('recorded calls', () => {
  it('show what came, and what came since an index or a time', async () => {
    const start = new Date().toISOString();
    await sandbox.post('/cbb/contacts', { phone: '972500000001' }, { 'x-correlation-id': 'c-1' });
    await sandbox.post(
      '/cbb/contacts/972500000001/custom_fields/527249',
      new URLSearchParams({ value: 'v' }),
    );
    await sandbox.post('/slack/services/T/B/x', { text: 't' });
    const calls = await sandbox.calls();
    expect(calls).toMatchObject([
      {
        vendor: 'cbb',
        method: 'POST',
        path: '/contacts',
        body: { phone: '972500000001' },
        correlationId: 'c-1',
      },
      {
        vendor: 'cbb',
        path: '/contacts/972500000001/custom_fields/527249',
        body: { value: 'v' },
        outcome: 'accepted',
      },
      { vendor: 'slack', outcome: 'accepted' },
    ]);
    expect(await sandbox.calls('?vendor=slack')).toHaveLength(1);
    expect(await sandbox.calls(`?since=${String(calls[1]?.['index'])}`)).toHaveLength(2);
    expect(await sandbox.calls(`?since=${start}`)).toHaveLength(3);
    await sandbox.post('/_control/reset');
    expect(await sandbox.calls()).toEqual([]);
    expect((await sandbox.get('/_control/calls?since=yesterday')).status).toBe(400);
  });
});

describe('synthetic orders', () => {
  const post = async (body: Record<string, unknown>) => (await sandbox.post('/_control/vizi', body)).json();
  const posted = (report: Record<string, unknown>) => {
    const ids = new Set(report['orderIds'] as string[]);
    return sandbox.backend.orders.filter(({ id }) => ids.has(id));
  };

  it('are posted with the key, each its own order', async () => {
    const report = await post({ count: 100 });
    expect(report).toMatchObject({ posted: 100, accepted: 100, duplicate: 0, failed: 0 });
    expect(new Set(report['orderIds'] as string[]).size).toBe(100);
    expect(posted(report).every(({ apiKey }) => apiKey === viziApiKey)).toBe(true);
    expect((await post({ count: 10 }))['accepted']).toBe(10);
  });

  it('are repeated, changed, of testers, or without consent', async () => {
    expect(await post({ count: 20, repeat: 3 })).toMatchObject({ posted: 60, accepted: 20, duplicate: 40 });
    expect(await post({ count: 20, variant: 'changed' })).toMatchObject({
      posted: 40,
      accepted: 20,
      changed: 20,
    });
    expect(await post({ count: 5, variant: 'test' })).toMatchObject({ posted: 5, skipped: 5 });
    const without = posted(await post({ count: 6, variant: 'no-consent' }));
    expect(new Set(without.map(({ consent }) => consent))).toEqual(new Set([false, undefined]));
  });

  it('are the same again with the same seed', async () => {
    const first = await post({ count: 5, variant: 'il', seed: 11 });
    const again = await post({ count: 5, variant: 'il', seed: 11 });
    expect(again['orderIds']).toEqual(first['orderIds']);
    expect(again['duplicate']).toBe(5);
  });

  it('keep the rate asked for', async () => {
    const before = performance.now();
    expect((await post({ count: 21, ratePerSecond: 100 }))['accepted']).toBe(21);
    expect(performance.now() - before).toBeGreaterThanOrEqual(195);
  });
});
