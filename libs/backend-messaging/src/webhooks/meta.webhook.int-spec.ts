import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  metaBody,
  metaSignature,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { MessagingHttpModule } from '../http/messaging-http.module.js';
import { metaReceipts } from './meta.webhook.js';

const secret = 'app-secret-of-a-test';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof start>>;

beforeAll(async () => {
  test = await createTestDatabase();
  started = await start({ appSecret: secret, verifyToken: 'verify-me' });
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function start(waba: { appSecret: string | undefined; verifyToken: string | undefined }) {
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper: 'pepper', keyExpiryDays: 90 }, quietProcess),
    WebhooksHttpModule.register([metaReceipts(waba)]),
    MessagingHttpModule.forRoot(waba),
  ]);
  return await createHttpApp(root, { http, process: quietProcess }, quietLog);
}

const body = (id: string) =>
  JSON.stringify(metaBody([{ id, status: 'sent', at: new Date(0), phone: '972500000001' }]));

async function post(payload: string, signature: string | undefined, path = 'whatsapp', to = started) {
  const headers = signature === undefined ? {} : { 'x-hub-signature-256': signature };
  const answer = await to.app.inject({ method: 'POST', url: `/api/v1/webhooks/${path}`, headers, payload });
  return {
    status: answer.statusCode,
    ...answer.json<{ data?: { deliveryId: string; status: string }; error?: { code: string } }>(),
  };
}

const countRows = async () =>
  Number((await test.query<{ n: string }>('select count(*) as n from deliveries'))[0]?.n);

describe('POST /webhooks/whatsapp', () => {
  it.each(['whatsapp', 'meta'])(
    'stores a signed body before it answers 200, also under /webhooks/%s',
    async (path) => {
      const payload = body(`wamid.${path}`);
      const answer = await post(payload, metaSignature(secret, payload), path);
      expect(answer).toMatchObject({ status: 200, data: { status: 'accepted' } });
      const [row] = await test.query('select kind, source, state from deliveries where id = $1', [
        answer.data?.deliveryId,
      ]);
      expect(row).toEqual({ kind: 'receipt', source: 'meta', state: 'open' });
    },
  );

  it('answers 200 and stores nothing more for a repeated body', async () => {
    const payload = body('wamid.repeated');
    const first = await post(payload, metaSignature(secret, payload));
    const before = await countRows();
    const again = await post(payload, metaSignature(secret, payload), 'meta');
    expect(again).toMatchObject({
      status: 200,
      data: { status: 'duplicate', deliveryId: first.data?.deliveryId },
    });
    await expect(countRows()).resolves.toBe(before);
  });

  it.each([
    ['a signature of another secret', metaSignature('other', body('wamid.forged'))],
    ['a signature of another body', metaSignature(secret, body('wamid.other'))],
    ['no signature', undefined],
    ['rubbish for a signature', 'sha256=zz'],
  ])('answers 401 to %s and stores nothing', async (_name, signature) => {
    const before = await countRows();
    await expect(post(body('wamid.forged'), signature)).resolves.toMatchObject({
      status: 401,
      error: { code: 'UNAUTHENTICATED' },
    });
    await expect(countRows()).resolves.toBe(before);
  });

  it('answers 401 to everything while no secret is configured', async () => {
    const closed = await start({ appSecret: undefined, verifyToken: undefined });
    const payload = body('wamid.closed');
    await expect(post(payload, metaSignature('', payload), 'whatsapp', closed)).resolves.toMatchObject({
      status: 401,
    });
    await closed.close();
  });

  it.each(['not json', '[1]', '"text"', '', '{"cut":'])(
    'answers 400 to the signed body %j',
    async (payload) => {
      await expect(post(payload, metaSignature(secret, payload))).resolves.toMatchObject({
        status: 400,
        error: { code: 'VALIDATION_ERROR' },
      });
    },
  );

  it('keeps the event when the process dies before any relay: it is committed with the body', async () => {
    const payload = body('wamid.durable');
    const { data } = await post(payload, metaSignature(secret, payload));
    const waiting = await test.query(
      'select type from outbox join events using (position) where aggregate_id = $1',
      [data?.deliveryId],
    );
    expect(waiting).toEqual([{ type: 'receipts.received' }]);
  });
});

describe('GET /webhooks/whatsapp', () => {
  const get = async (query: Record<string, string>, path = 'whatsapp') =>
    await started.app.inject({ method: 'GET', url: `/api/v1/webhooks/${path}`, query });
  const fitting = {
    'hub.mode': 'subscribe',
    'hub.verify_token': 'verify-me',
    'hub.challenge': '1158201444<b>',
  };

  it.each(['whatsapp', 'meta'])('answers the bare challenge as plain text at /webhooks/%s', async (path) => {
    const answer = await get(fitting, path);
    expect([answer.statusCode, answer.body]).toEqual([200, '1158201444<b>']);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it.each([
    ['another token', { ...fitting, 'hub.verify_token': 'guess' }],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': 'x' }],
    ['another mode', { ...fitting, 'hub.mode': 'unsubscribe' }],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify-me' }],
  ])('answers 403 to %s', async (_name, query) => {
    await expect(get(query as Record<string, string>)).resolves.toMatchObject({ statusCode: 403 });
  });
});
