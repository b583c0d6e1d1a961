import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf, type ApiOperation, exampleBody, operations, validatorOf } from './api-description.js';
import { type ExampleIds, makeExampleWorld } from './api-world.js';
import { TestSystem } from './system.js';

const appSecret = 'an-app-secret-of-the-examples-test';
const verifyToken = 'a-verify-token-of-the-examples-test';

let system: TestSystem;
let ids: ExampleIds;
beforeAll(async () => {
  system = await TestSystem.start({
    env: { AIRTABLE_POLL_SECONDS: '3600', WABA_APP_SECRET: appSecret, WABA_VERIFY_TOKEN: verifyToken },
  });
  const order = operations.find(({ operationId }) => operationId === 'receiveOrder');
  ids = await makeExampleWorld(system, exampleBody(order!));
}, 90_000);
afterAll(() => system.close());

/** Headers and parameters that only their sender can make. */
function senderOf(
  { operationId }: ApiOperation,
  body: string,
): { headers: Record<string, string>; query: string } {
  if (/^receive(Whatsapp|Meta)Receipts$/.test(operationId)) {
    const signature = createHmac('sha256', appSecret).update(body).digest('hex');
    return { headers: { 'x-hub-signature-256': `sha256=${signature}` }, query: '' };
  }
  const challenge = {
    'hub.mode': 'subscribe',
    'hub.verify_token': verifyToken,
    'hub.challenge': '1158201444',
  };
  const isChallenge = /^answer(Whatsapp|Meta)Challenge$/.test(operationId);
  return {
    headers: { 'x-api-key': system.secrets.adminApiKey },
    query: isChallenge ? `?${new URLSearchParams(challenge).toString()}` : '',
  };
}

async function send(operation: ApiOperation) {
  const example = exampleBody(operation);
  const body = example === undefined ? undefined : JSON.stringify(example);
  const { headers, query } = senderOf(operation, body ?? '');
  const url = `${system.urls.backend}${addressOf(operation, ids[operation.operationId])}${query}`;
  const response = await fetch(url, { method: operation.method, headers, ...(body ? { body } : {}) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
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
