import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { createSandbox } from '@visapi/sandbox/server';
import { RateGate } from '../rate-gate.js';
import { HttpMailClient, type Mail, type MailClient } from './client.js';
import { FakeMailClient } from './fake.js';

const options = { correlationId: 'contract' };
const mail: Mail = { to: 'dana@visanet.app', subject: 'Your link', text: 'Open it.', key: 'msg_1-0' };

interface Office {
  readonly client: MailClient;
  /** The next call ends so. */
  fail(how: { readonly mode: string }): Promise<void>;
  calls(): Promise<string>;
  close(): Promise<void>;
}

const withUrl = (url: string, apiKey = 're_test') =>
  loadConfig({ RESEND_API_URL: url, RESEND_API_KEY: apiKey, RESEND_TIMEOUT: '500' }, { mail: slices.mail })
    .mail;

async function sandbox(): Promise<Office> {
  const { app, close } = createSandbox({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    backendUrl: 'http://127.0.0.1:1',
    viziApiKey: undefined,
    appSecret: undefined,
    phoneNumberId: '1000000000000002',
    businessId: '1000000000000001',
    receiptDelaysMs: undefined,
  });
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/resend`;
  const client = new HttpMailClient(withUrl(url), new RateGate(0, 'resend', undefined));
  return {
    client,
    fail: async (how) => {
      const payload = JSON.stringify({ vendor: 'resend', times: 1, ...how });
      const headers = { 'content-type': 'application/json' };
      await app.inject({ method: 'POST', url: '/_control/faults', headers, payload });
    },
    calls: async () => (await app.inject({ method: 'GET', url: '/_control/calls?vendor=resend' })).body,
    close: async () => {
      await client.close();
      await close();
    },
  };
}

describe('Resend, by its sandbox', () => {
  let office: Office;
  beforeEach(async () => {
    office = await sandbox();
  });
  afterEach(async () => await office.close());

  it('sends a mail', async () => {
    expect(await office.client.send(mail, options)).toEqual({ id: expect.any(String) });
    expect(await office.calls()).toContain('Your link');
  });

  it.each([
    ['error-5xx', 'unavailable'],
    ['rate-limited', 'unavailable'],
    ['malformed', 'unavailable'],
    ['timeout-after-accept', 'unavailable'],
    ['refuse', 'rejected'],
  ])('says what a call came to: %s is %s', async (mode, kind) => {
    await office.fail({ mode });
    await expect(office.client.send(mail, options)).rejects.toMatchObject({ vendor: 'resend', kind });
    expect(await office.client.send(mail, options)).toEqual({ id: expect.any(String) });
  });

  it('refuses a mail without a receiver', async () => {
    const none = { ...mail, subject: '' };
    await expect(office.client.send(none, options)).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('Resend', () => {
  it('that cannot be reached is away, and one without a key is off', async () => {
    const gate = new RateGate(0, 'resend', undefined);
    const away = new HttpMailClient(withUrl('http://127.0.0.1:9'), gate);
    await expect(away.send(mail, options)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(new HttpMailClient(withUrl('http://127.0.0.1:9', ''), gate).withheld).toBe('not-configured');
  });
});

describe('its fake', () => {
  it('sends what has the same key once, as Resend does', async () => {
    const client = new FakeMailClient();
    const first = await client.send(mail);
    expect(await client.send(mail)).toEqual(first);
    expect(await client.send({ ...mail, key: 'msg_2-0' })).not.toEqual(first);
    expect(client.mails).toHaveLength(2);
  });
});
