import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { createSandbox } from '@visapi/sandbox/server';
import { AnswerRecord } from '../answer-record.js';
import { RateGate } from '../rate-gate.js';
import { VendorError } from '../vendor-error.js';
import { type CbbClient, HttpCbbClient, type NewCbbContact } from './client.js';
import { FakeCbbClient } from './fake.js';
import { CbbTransport } from './transport.js';
import { type FieldOutcome, upsertContact } from './upsert-contact.js';

interface Cbb {
  readonly client: CbbClient;
  /** What the CRM holds of a contact. */
  fields(phone: string): Promise<Readonly<Record<string, string>>>;
  /** Messages that went out to a phone. */
  sent(phone: string): Promise<number>;
  close(): Promise<void>;
}

function fake(): Promise<Cbb> {
  const client = new FakeCbbClient();
  return Promise.resolve({
    client,
    fields: async (phone) =>
      await Promise.resolve(Object.fromEntries(client.contacts.get(phone)?.fields ?? [])),
    sent: async (phone) =>
      await Promise.resolve(client.sent.filter((message) => message.phone === phone).length),
    close: async () => await Promise.resolve(),
  });
}

async function sandbox(): Promise<Cbb> {
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
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/cbb`;
  const { cbb } = loadConfig({ CBB_API_URL: url, CBB_API_KEY: 'test' }, { cbb: slices.cbb });
  const transport = new CbbTransport(cbb, new RateGate(0, 'cbb', undefined), 4);
  const read = async <T>(path: string) =>
    (await app.inject({ url: path, headers: { 'x-access-token': 'test' } })).json<T>();
  return {
    client: new HttpCbbClient(transport, cbb),
    fields: async (phone) => {
      const fields = await read<{ name: string; value: string }[]>(`/cbb/contacts/${phone}/custom_fields`);
      return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    },
    sent: async (phone) => {
      const calls = await read<{ path: string; outcome: string }[]>('/_control/calls?vendor=cbb');
      return calls.filter(
        ({ path, outcome }) => path === `/contacts/${phone}/send_content` && outcome === 'accepted',
      ).length;
    },
    close: async () => {
      await transport.close();
      await close();
    },
  };
}

const options = { correlationId: 'contract' };
const eight = ['דנה', 'הודו', '🇮🇳', 'IL260105IN10', 'תיירות לשנה', '2', '498', '3'];
let phone = '';
let counter = 0;

const contact = (changes: Partial<NewCbbContact> = {}): NewCbbContact => ({
  phone,
  firstName: 'דנה לדוגמה',
  email: 'dana.example@example.test',
  gender: 'female',
  language: 'he',
  fields: [
    { name: 'OrderNumber', value: 'IL260105IN10' },
    { name: 'visa_quantity', value: '2' },
  ],
  ...changes,
});
const template = (parameters: readonly string[] = eight) => ({
  phone,
  template: 'order_confirmation_global',
  language: 'he',
  parameters,
  document: null,
});

/** Writes contacts and takes down what is told of it. */
function upserting(client: CbbClient) {
  const confirmed: string[][] = [];
  const outcomes = new Map<string, FieldOutcome>();
  const onConfirmed = async (_id: string, fields: readonly string[]) => {
    confirmed.push([...fields]);
    await Promise.resolve();
  };
  const upsert = async (
    wanted: NewCbbContact,
    known: readonly string[] = [],
    outdated: readonly string[] = [],
  ) =>
    await upsertContact(client, { wanted, confirmed: known, outdated }, { outcomes, onConfirmed }, options);
  return { confirmed, outcomes, upsert };
}

describe.each([
  ['the fake', fake],
  ['the HTTP client against the sandbox', sandbox],
])('CBB as %s', (_name, open) => {
  let cbb: Cbb;

  beforeAll(async () => {
    cbb = await open();
  });
  beforeEach(() => {
    phone = `97250${String(2_000_000 + (counter += 1))}`;
  });
  afterAll(async () => await cbb.close());

  it('does not know a contact before it is created, and knows it afterwards', async () => {
    await expect(cbb.client.getContact(phone, options)).resolves.toBeUndefined();
    await expect(cbb.client.createContact(contact(), options)).resolves.toBe(phone);
    await expect(cbb.client.getContact(phone, options)).resolves.toEqual({
      id: phone,
      firstName: 'דנה לדוגמה',
      email: 'dana.example@example.test',
    });
    await expect(cbb.fields(phone)).resolves.toEqual({ OrderNumber: 'IL260105IN10', visa_quantity: '2' });
  });

  it('has every answer heard by whoever keeps a record of it, refusals too', async () => {
    const [created, refused] = [new AnswerRecord(), new AnswerRecord()];
    await cbb.client.createContact(contact(), { ...options, heard: created.heard });
    const empty = template(['', ...eight.slice(1)]);
    const sent = cbb.client.sendTemplate(empty, { ...options, heard: refused.heard });
    await expect(sent).rejects.toThrow(VendorError);
    const responseSha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(created.evidence(1)).toMatchObject({ status: 200, responseSha256 });
    expect(refused.evidence(1)).toMatchObject({ status: 200, responseSha256 });
  });

  it('gives a second creation the same id, keeps the basic data and takes the fields', async () => {
    await cbb.client.createContact(contact(), options);
    const second = contact({ firstName: 'Other', fields: [{ name: 'OrderNumber', value: 'IL260106IN1' }] });
    await expect(cbb.client.createContact(second, options)).resolves.toBe(phone);
    await expect(cbb.client.getContact(phone, options)).resolves.toMatchObject({ firstName: 'דנה לדוגמה' });
    await expect(cbb.fields(phone)).resolves.toMatchObject({
      OrderNumber: 'IL260106IN1',
      visa_quantity: '2',
    });
  });

  it('writes a field of a known contact, Hebrew and signs included', async () => {
    await cbb.client.createContact(contact({ fields: [] }), options);
    const value = 'דנה & בני=100% +1';
    await cbb.client.setField(phone, { name: 'customer_name', value }, options);
    await expect(cbb.fields(phone)).resolves.toEqual({ customer_name: value });
  });

  it('refuses a field of an unknown contact as something that may pass', async () => {
    const error: unknown = await cbb.client
      .setField(phone, { name: 'customer_name', value: 'x' }, options)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VendorError);
    expect(error).toMatchObject({ kind: 'unavailable', reason: 'success-false' });
  });

  it('refuses a phone that is none', async () => {
    await expect(cbb.client.createContact(contact({ phone: '12' }), options)).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'success-false',
    });
  });

  it('sends a template once per call, and tells nothing but success', async () => {
    await expect(cbb.client.sendTemplate(template(), options)).resolves.toBeUndefined();
    await expect(cbb.sent(phone)).resolves.toBe(1);
  });

  it('refuses a template whose parameters Meta would refuse, and sends nothing', async () => {
    await expect(cbb.client.sendTemplate(template(eight.with(2, ' ')), options)).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'success-false',
    });
    await expect(cbb.sent(phone)).resolves.toBe(0);
  });

  it('holds after an upsert what was wanted, whether it knew the contact or not', async () => {
    const { confirmed, upsert } = upserting(cbb.client);
    await expect(upsert(contact())).resolves.toEqual({
      contactId: phone,
      created: true,
      basicDataDiffers: false,
    });
    const changed = contact({
      fields: [
        { name: 'OrderNumber', value: 'IL260106IN1' },
        { name: 'visa_quantity', value: '5' },
      ],
    });
    await expect(upsert(changed)).resolves.toMatchObject({
      created: false,
    });
    expect(confirmed).toEqual([['OrderNumber'], ['OrderNumber', 'visa_quantity']]);
    await expect(cbb.fields(phone)).resolves.toEqual({ OrderNumber: 'IL260106IN1', visa_quantity: '5' });
  });

  it('is not written to again where it has confirmed already', async () => {
    await cbb.client.createContact(contact(), options);
    const changed = contact({
      fields: [
        { name: 'OrderNumber', value: 'A' },
        { name: 'visa_quantity', value: '9' },
      ],
    });
    const { outcomes, upsert } = upserting(cbb.client);
    await upsert(changed, ['OrderNumber']);
    expect([...outcomes]).toEqual([
      ['OrderNumber', 'kept'],
      ['visa_quantity', 'written'],
    ]);
    await expect(cbb.fields(phone)).resolves.toEqual({ OrderNumber: 'IL260105IN10', visa_quantity: '9' });
  });

  it('takes the value of a field away, once and again', async () => {
    await cbb.client.createContact(contact(), options);
    await expect(cbb.client.clearField(phone, 'visa_quantity', options)).resolves.toBeUndefined();
    await expect(cbb.client.clearField(phone, 'visa_quantity', options)).resolves.toBeUndefined();
    await expect(cbb.fields(phone)).resolves.toEqual({ OrderNumber: 'IL260105IN10' });
  });

  it('clears nothing of a contact it does not know', async () => {
    await expect(cbb.client.clearField(phone, 'visa_quantity', options)).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'success-false',
    });
  });

  it('lists the fields of the account, those we write among them', async () => {
    const listed = await cbb.client.listFields(options);
    for (const [name, id] of Object.entries(cbb.client.fieldIds))
      expect(listed.find((field) => field.id === id)?.name).toBe(name);
  });

  it('empties what an older order has left, and writes the rest', async () => {
    await cbb.client.createContact(contact(), options);
    const { outcomes, upsert } = upserting(cbb.client);
    await upsert(contact({ fields: [{ name: 'OrderNumber', value: 'B' }] }), [], ['visa_quantity']);
    await expect(cbb.fields(phone)).resolves.toEqual({ OrderNumber: 'B' });
    expect([...outcomes]).toEqual([
      ['visa_quantity', 'cleared'],
      ['OrderNumber', 'written'],
    ]);
  });
});
