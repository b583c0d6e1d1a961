import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf, type ApiOperation, exampleBody, operations, validatorOf } from './api-description.js';
import { type Known, makeExampleWorld } from './api-world.js';
import { startAuth } from './auth-world.js';
import { TestSystem } from './system.js';

const appSecret = 'an-app-secret-of-the-examples-test';
const verifyToken = 'a-verify-token-of-the-examples-test';
const hookKey = Buffer.alloc(32, 5);
const hookSecret = `v1,whsec_${hookKey.toString('base64')}`;

let system: TestSystem;
let auth: Awaited<ReturnType<typeof startAuth>>;
let known: Known;
beforeAll(async () => {
  auth = await startAuth();
  const secrets = {
    WABA_APP_SECRET: appSecret,
    WABA_VERIFY_TOKEN: verifyToken,
    SEND_EMAIL_HOOK_SECRET: hookSecret,
  };
  system = await TestSystem.start({ env: { ...auth.env, ...secrets, AIRTABLE_POLL_SECONDS: '3600' } });
  const order = operations.find(({ operationId }) => operationId === 'receiveOrder');
  known = await makeExampleWorld(system, auth, exampleBody(order!));
}, 120_000);
afterAll(async () => {
  await system.close();
  await auth.close();
});

/** How a sender proves itself. */
function proofOf({ operationId }: ApiOperation, body: string): Record<string, string> {
  if (/^receive(Whatsapp|Meta)Receipts$/.test(operationId)) {
    const signature = createHmac('sha256', appSecret).update(body).digest('hex');
    return { 'x-hub-signature-256': `sha256=${signature}` };
  }
  if (operationId === 'sendAuthEmail') {
    const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1_000))];
    const signature = createHmac('sha256', hookKey).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  }
  const token = known.tokens[operationId];
  return token ? { authorization: `Bearer ${token}` } : { 'x-api-key': system.secrets.adminApiKey };
}

const challenge = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '1158201444' };

async function send(operation: ApiOperation) {
  const { operationId: name, method } = operation;
  const example = known.body[name] ?? exampleBody(operation);
  const body = example === undefined ? undefined : JSON.stringify(example);
  const url = new URL(addressOf(operation, known.ids[name]), system.urls.backend);
  const made = /^answer(Whatsapp|Meta)Challenge$/.test(name) ? challenge : known.query[name];
  for (const [key, value] of Object.entries(made ?? {})) url.searchParams.set(key, value);
  const headers = proofOf(operation, body ?? '');
  const response = await fetch(url, { method, headers, ...(body ? { body } : {}) });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

/** Reads before changes, and what takes away last: each finds what it is about. */
const rank = ({ method }: ApiOperation) => ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].indexOf(method);
const inOrder = operations.toSorted((a, b) => rank(a) - rank(b));

describe('the examples of the API description', () => {
  it('there is one for each route that takes a body', () => {
    const without = operations.filter((one) => one.requestBody && exampleBody(one) === undefined);
    expect(without.map(({ operationId }) => operationId)).toEqual([]);
  });

  it.each(inOrder.map((operation) => [operation.operationId, operation] as const))(
    '%s does what it says, and answers in the shape that it says',
    async (_name, operation) => {
      const { status, type, text } = await send(operation);
      expect({ status, text: status === operation.status ? '' : text }).toEqual({
        status: operation.status,
        text: '',
      });
      expect(type).toContain(operation.contentType);
      if (operation.contentType !== 'application/json') return;
      const validate = validatorOf(operation, status);
      validate(JSON.parse(text));
      expect(validate.errors ?? []).toEqual([]);
    },
  );
});

describe('a failure', () => {
  it.each([
    ['our envelope', 'application/json'],
    ['RFC 9457', 'application/problem+json'],
  ])('is described in the form of %s', async (_form, accept) => {
    const headers = { accept, 'x-api-key': system.secrets.adminApiKey };
    const response = await fetch(`${system.urls.backend}/api/v1/orders/IL000000XX0`, { headers });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain(accept);
    const body = (await response.json()) as { type?: string };
    if (body.type === undefined) {
      const find = operations.find(({ operationId }) => operationId === 'getOrder')!;
      expect(Object.keys(find.responses)).toContain('404');
      return;
    }
    const page = await fetch(new URL(body.type, system.urls.backend), { headers });
    expect(await page.text()).toContain(`id="${new URL(body.type, system.urls.backend).hash.slice(1)}"`);
  });
});

describe('the page of the API', () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, system.urls.backend), { headers });

  it('is open to the machine itself while developing, and to nobody who comes through a proxy', async () => {
    for (const path of ['/api/docs', '/api/openapi.json', '/api/docs/errors', '/api/docs/assets/docs.js']) {
      expect((await ask(path)).status).toBe(200);
      expect((await ask(path, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
    }
  });

  it('loads everything from the backend, which its policy holds it to', async () => {
    const page = await ask('/api/docs');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const parts = [...(await page.text()).matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(
      ([, path]) => path!,
    );
    expect(parts).toHaveLength(3);
    for (const part of parts) {
      expect(part).toMatch(/^\/api\/docs\/assets\//);
      const asset = await ask(part);
      expect(asset.status).toBe(200);
      expect((await asset.text()).length).toBeGreaterThan(100);
    }
  });

  it('hands out no other file', async () => {
    for (const file of ['package.json', '..%2Fpackage.json', 'swagger-ui-bundle.js.map', 'constructor'])
      expect((await ask(`/api/docs/assets/${file}`)).status).toBe(404);
  });
});
