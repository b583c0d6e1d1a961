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
} from '@visapi/backend-testing';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { viziOrders } from '../webhooks/vizi.webhook.js';
import { OrdersHttpModule } from './orders-http.module.js';

const pepper = 'pepper';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
const template = 'order_confirmation_global';
let test: TestDatabase;
let counter = 0;
let started: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'operator', key: 'operator.s3cret', scopes: ['orders:operate', 'messages:read'] },
    { name: 'admin', key: 'admin.s3cret', scopes: ['webhook:vizi', 'admin'] },
    { name: 'trusted', key: 'trusted.s3cret', scopes: ['messages:read', 'privacy:read'] },
    { name: 'shop', key: 'shop.s3cret', scopes: ['webhook:vizi'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    WebhooksHttpModule.register([viziOrders]),
    OrdersHttpModule,
  ]);
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

interface Answer {
  readonly data: Record<string, unknown>;
  readonly error: { code: string; message: string; details?: { path: string; message: string }[] };
}

async function ask(method: 'GET' | 'POST', path: string, key: string, payload?: object) {
  const headers = { 'x-api-key': `${key}.s3cret` };
  const answer = await started.app.inject({ method, url: `/api/v1/${path}`, headers, payload });
  return { status: answer.statusCode, ...answer.json<Answer>() };
}

/** An order of the master content whose confirmation stands as given. */
async function ordered(state: string) {
  const order = await plantOrder(test, { phone: `+97250${String((counter += 1)).padStart(7, '0')}` });
  await test.query(
    `update orders set product_intent = 'tourism', product_entries = 'multiple', product_validity = 'year'
     where order_id = $1`,
    [order.orderId],
  );
  if (state !== 'planned')
    await test.query(`update effects set state = $2, ${state}_at = now() where id = $1`, [
      order.messageId,
      state,
    ]);
  return order;
}

const countMessages = async (orderId: string) =>
  (await test.query('select 1 from messages where order_id = $1', [orderId])).length;

describe('POST /orders/:orderId/messages', () => {
  it('sends the confirmation again for a stated reason, to a named phone in any shape', async () => {
    const { orderId, messageId } = await ordered('accepted');
    const path = `orders/${orderId}/messages`;
    const body = { reason: 'lost his phone', phone: { code: '972', number: '050-000-0077' } };
    const dry = await ask('POST', `${path}?dryRun=true`, 'operator', body);
    expect(dry).toMatchObject({ status: 200, data: { status: 'would-plan', messageId: null } });
    await expect(countMessages(orderId)).resolves.toBe(1);
    const answer = await ask('POST', path, 'operator', body);
    expect(answer).toMatchObject({
      status: 200,
      data: { orderId, status: 'planned', template, phone: '+972500000077', resendOf: messageId },
    });
    await expect(countMessages(orderId)).resolves.toBe(2);
    await expect(ask('POST', path, 'operator', body)).resolves.toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: [{ path: 'reason', message: 'under-way' }] },
    });
  });

  it.each([
    ['no reason', {}, 'reason'],
    ['an empty reason', { reason: ' ' }, 'reason'],
    ['a phone that is none', { reason: 'x', phone: '12' }, 'phone'],
    ['another template', { reason: 'x', template: 'visa_approval_file_phone' }, 'template'],
    ['a misspelt field', { reason: 'x', fone: '+972500000077' }, 'fone'],
  ])('refuses %s with a word about it', async (_name, body, path) => {
    const { orderId } = await ordered('accepted');
    const answer = await ask('POST', `orders/${orderId}/messages`, 'operator', body);
    expect(answer).toMatchObject({ status: 400, error: { details: [{ path }] } });
    await expect(countMessages(orderId)).resolves.toBe(1);
  });

  it('is for operators alone, and for orders that exist', async () => {
    const body = { reason: 'x' };
    await expect(ask('POST', 'orders/IL1/messages', 'shop', body)).resolves.toMatchObject({ status: 403 });
    await expect(ask('POST', 'orders/IL1/messages', 'nobody', body)).resolves.toMatchObject({ status: 401 });
    await expect(ask('POST', 'orders/IL1/messages', 'operator', body)).resolves.toMatchObject({
      status: 404,
    });
  });
});

describe('POST /webhooks/vizi/retrigger-whatsapp', () => {
  const retrigger = async (body: object, key = 'admin') =>
    await ask('POST', 'webhooks/vizi/retrigger-whatsapp', key, {
      messageType: 'order_confirmation',
      ...body,
    });

  it('says that a confirmation was already sent, and sends it again only when forced', async () => {
    const { orderId, phone } = await ordered('accepted');
    await expect(retrigger({ orderId })).resolves.toMatchObject({
      status: 200,
      data: {
        success: true,
        orderId,
        phoneNumber: phone,
        cbbContactUuid: null,
        jobId: null,
        alreadySent: true,
      },
    });
    await expect(countMessages(orderId)).resolves.toBe(1);
    await expect(retrigger({ viziOrderId: orderId, force: true, dryRun: true })).resolves.toMatchObject({
      data: { alreadySent: false, message: 'The confirmation would be sent.' },
    });
    await expect(countMessages(orderId)).resolves.toBe(1);
    await expect(retrigger({ phoneNumber: phone, force: true })).resolves.toMatchObject({
      status: 200,
      data: { orderId, alreadySent: false },
    });
    await expect(countMessages(orderId)).resolves.toBe(2);
  });

  it.each([
    ['no order', {}],
    ['two orders', { orderId: 'IL1', phoneNumber: '+972500000077' }],
    ['a phone that is none', { phoneNumber: '12' }],
    ['a kind of message that is unknown', { orderId: 'IL1', messageType: 'x' }],
  ])('refuses %s', async (_name, body) => {
    await expect(retrigger(body)).resolves.toMatchObject({ status: 400 });
  });

  it('names the door for visa approvals', async () => {
    const answer = await retrigger({ orderId: 'IL1', messageType: 'visa_approval' });
    expect(answer.status).toBe(400);
    expect(answer.error.details?.[0]?.message).toContain('/webhooks/vizi/resend-visa');
  });

  it('needs both scopes', async () => {
    await expect(retrigger({ orderId: 'IL1' }, 'shop')).resolves.toMatchObject({ status: 403 });
  });
});

describe('GET /orders/:orderId/messages/preview', () => {
  const preview = async (orderId: string, name = template, key = 'operator') =>
    await ask('GET', `orders/${orderId}/messages/preview?template=${name}`, key);

  it('shows the confirmation as it would be worded, each parameter by its name', async () => {
    const { orderId, phone, messageId } = await ordered('failed');
    await expect(preview(orderId)).resolves.toMatchObject({
      status: 200,
      data: {
        orderId,
        template,
        language: 'he',
        wouldSend: true,
        reason: null,
        unknown: [],
        phone,
        parameters: [
          { name: 'customerName', value: 'דנה לדוגמה' },
          { name: 'country', value: 'הודו' },
          { name: 'flag', value: '🇮🇳' },
          { name: 'orderId', value: orderId },
          { name: 'visaText', value: 'תיירות, רב פעמית, לשנה' },
          { name: 'quantity', value: '2' },
          { name: 'amount', value: '498' },
          { name: 'processingDays', value: '3' },
        ],
        document: null,
        message: { id: messageId, status: 'failed' },
      },
    });
  });

  it.each([
    ['planned', 'under-way'],
    ['accepted', 'already-sent'],
    ['uncertain', 'uncertain'],
  ])('says of a %s confirmation why none is sent: %s', async (state, reason) => {
    const { orderId } = await ordered(state);
    await expect(preview(orderId)).resolves.toMatchObject({
      data: { wouldSend: false, reason, message: { status: state } },
    });
  });

  it('names the facts that are not known', async () => {
    const { orderId } = await ordered('skipped');
    await test.query(`update orders set amount = null, product_validity = 'x' where order_id = $1`, [
      orderId,
    ]);
    const { data } = await preview(orderId);
    expect(data).toMatchObject({
      wouldSend: false,
      reason: 'untranslatable',
      unknown: ['visaText', 'amount'],
    });
    expect(data['parameters']).toContainEqual({ name: 'amount', value: null });
  });

  it('shows of other templates what is planned or was sent, words and document, its address whole to who may read what is personal', async () => {
    const { orderId, messageId, phone } = await ordered('accepted');
    await test.query(
      `update messages set template = 'visa_approval_file_phone', applicant_id = 'apl_1',
         parameters = convert_to('["דנה","הודו"]', 'UTF8'), parameters_key_id = null,
         document = convert_to('{"link":"https://files.example.test/1.pdf","filename":"visa_1.pdf"}', 'UTF8')
       where effect_id = $1`,
      [messageId],
    );
    const { data } = await preview(orderId, 'visa_approval_file_phone', 'trusted');
    const { data: forOthers } = await preview(orderId, 'visa_approval_file_phone');
    expect(forOthers['messages']).toMatchObject([
      { document: { link: 'https://files.example.test/•••', filename: 'visa_1.pdf' } },
    ]);
    const parameters = [
      { name: 'name', value: 'דנה' },
      { name: 'country', value: 'הודו' },
    ];
    const document = { link: 'https://files.example.test/1.pdf', filename: 'visa_1.pdf' };
    const message = { id: messageId, status: 'accepted', reason: null, phone, applicantId: 'apl_1' };
    expect(data).toEqual({
      orderId,
      template: 'visa_approval_file_phone',
      language: 'he',
      messages: [{ ...message, parameters, document }],
    });
    await expect(preview(orderId, 'fix_mistake_global_hebrew')).resolves.toMatchObject({
      data: { messages: [] },
    });
  });

  it('names the four templates to whoever asks for another', async () => {
    const answer = await preview('IL1', 'status_update');
    expect(answer).toMatchObject({ status: 400, error: { details: [{ path: 'template' }] } });
    expect(answer.error.details?.[0]?.message).toContain('fix_mistake_global_hebrew');
    await expect(preview('IL1')).resolves.toMatchObject({ status: 404 });
  });
});
