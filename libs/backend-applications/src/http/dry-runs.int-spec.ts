import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import { AirtableClient } from '@visapi/backend-providers';
import { FakeAirtableClient } from '@visapi/backend-providers/fake/airtable';
import {
  createTestDatabase,
  plantOrder,
  provideGlobally,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { VisaWindow } from '../visa-window.js';
import { ApplicationsHttpModule } from './applications-http.module.js';

const pepper = 'pepper';
const airtable = new FakeAirtableClient();
let test: TestDatabase;
let api: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const scopes = ['webhook:vizi', 'webhook:visanet', 'admin', 'integrations:airtable:write'];
  const keys = [{ name: 'admin', key: 'admin.s3cret', scopes }];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const given = provideGlobally(
    new Map<object, unknown>([
      [AirtableClient, airtable],
      [VisaWindow, new VisaWindow({ notifyWithinHours: 168, messageDelayMs: 0, pollSeconds: 0 })],
    ]),
  );
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    given,
    ApplicationsHttpModule,
  ]);
  api = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await api.close();
  await test.drop();
});

async function post(path: string, payload: object) {
  const headers = { 'x-api-key': 'admin.s3cret' };
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
  const body = answer.json<{ data: unknown; error: { details?: { message: string }[] } }>();
  return { status: answer.statusCode, ...body };
}

async function completed() {
  const order = await plantOrder(test);
  const visaUrl = 'https://files.example.test/visa1.pdf';
  const cells = { orderId: order.orderId, status: 'Completed' };
  airtable.putOrder(cells, [{ applicationId: 'apl_1', visaUrl }]);
  return order;
}
const visas = async (orderId: string) =>
  await test.query(`select id from effects where order_id = $1 and purpose = 'visa'`, [orderId]);
const requested = async () => await test.query(`select name from polls where requested`);

describe('a dry run', () => {
  it('of a resent visa sends nothing, wherever the request says that it is one', async () => {
    const { orderId } = await completed();
    for (const [query, body] of [
      ['?dryRun=true', {}],
      ['', { dryRun: true }],
      ['?dryRun=false', { dryRun: true }],
    ] as const) {
      const answer = await post(`webhooks/vizi/resend-visa${query}`, { orderId, ...body });
      expect(answer).toMatchObject({ status: 200, data: { details: { dryRun: true, messagesSent: 0 } } });
    }
    await expect(visas(orderId)).resolves.toEqual([]);
    const done = await post('webhooks/vizi/resend-visa', { orderId, phone: '' });
    expect(done).toMatchObject({ status: 200, data: { details: { dryRun: false, messagesSent: 1 } } });
    await expect(visas(orderId)).resolves.toHaveLength(1);
  });

  it('of a bootstrap declares nothing told, wherever the request says that it is one', async () => {
    for (const [query, body] of [
      ['?dryRun=true', {}],
      ['', { dryRun: true }],
    ] as const) {
      const answer = await post(`airtable/completed/bootstrap${query}`, { reason: 'takeover', ...body });
      expect(answer).toMatchObject({ status: 200, data: { requested: false } });
    }
    await expect(requested()).resolves.toEqual([]);
    await post('airtable/completed/bootstrap', { reason: 'takeover' });
    await expect(requested()).resolves.toHaveLength(1);
  });

  it.each([
    ['webhooks/vizi/resend-visa?dryrun=true', {}],
    ['webhooks/vizi/resend-visa', { dry_run: true }],
    ['webhooks/vizi/resend-visa', { reason: 'a\u0000b' }],
    ['webhooks/vizi/resend-visa', { phone: '0500000001' }],
    ['airtable/completed/bootstrap?dry=true', { reason: 'takeover' }],
    ['airtable/completed/bootstrap', { reason: 'takeover', dryrun: true }],
    ['airtable/completed/bootstrap', { reason: 'a\u0000b' }],
    ['airtable/completed/check?dryRun=true', {}],
  ])('is never missed for a slip of the pen, and neither is anything else: %s %j', async (path, body) => {
    const { orderId } = await completed();
    const named = path.includes('resend') ? { orderId, ...body } : body;
    await expect(post(path, named)).resolves.toMatchObject({ status: 400 });
    await expect(visas(orderId)).resolves.toEqual([]);
  });
});

describe('issues that staff report in a body of another shape', () => {
  it('are refused with the shape they should have', async () => {
    const { error } = await post('webhooks/visanet/mistakes', { applicantId: 'apl_1' });
    expect(error.details).toEqual([
      {
        path: 'issues',
        message: 'must hold issues by category, such as { "face_photo": [{ "value": "with_glasses" }] }',
      },
    ]);
  });
});
