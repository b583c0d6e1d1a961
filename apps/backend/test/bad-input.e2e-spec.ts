import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import { makeOrder } from '@visapi/sandbox/orders';
import { untilQuiet } from './invariants.js';
import { shopOrder } from './shop.js';
import { TestSystem } from './system.js';

const seed = 50;
const runs = 300;
let system: TestSystem;
let sequence = 50_000;
beforeAll(async () => {
  system = await TestSystem.start();
}, 30_000);
afterAll(() => system.close());

interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly details: readonly { path: string }[];
  readonly deliveryId: string | undefined;
}

type Body = RequestInit['body'];
const orders = '/webhooks/vizi/orders';

async function post(
  path: string,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const withKey = { 'x-api-key': system.secrets.viziApiKey, ...headers };
  const request = { method: 'POST', body, headers: withKey, duplex: 'half' } as RequestInit;
  const response = await fetch(`${system.urls.backend}/api/v1${path}`, request);
  const { data, error } = (await response.json()) as { data?: Partial<Reply>; error?: Partial<Reply> };
  return {
    status: response.status,
    code: error?.code,
    details: error?.details ?? [],
    deliveryId: error?.deliveryId ?? data?.deliveryId,
  };
}

/** A new order that is whole, in the shape that the shop sends. */
function payload() {
  return makeOrder({ seed, sequence: (sequence += 1), branch: 'co', country: 'india' });
}

function signed(body: Buffer): Record<string, string> {
  const { wabaAppSecret } = system.secrets;
  return {
    'x-hub-signature-256': `sha256=${createHmac('sha256', wabaAppSecret).update(body).digest('hex')}`,
  };
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const largest = 10 * 1024 * 1024;

describe('the door for orders', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n '],
    ['text', 'order=1'],
    ['half of an object', '{"order":{"id":"IL1'],
    ['two objects', '{}{}'],
    ['an array', '[{"order":{}}]'],
    ['null', 'null'],
    ['a number', '17'],
    ['a string', '"IL1"'],
    ['NaN', 'NaN'],
    ['single quotes', "{'order':1}"],
    ['a NUL byte', '\u0000'],
    ['broken UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', new Uint8Array(Buffer.from('{"order":{}}', 'utf16le'))],
    ['an array that is deeper than any stack', '['.repeat(200_000)],
  ] satisfies [string, Body][])('answers 400 to %s and stores nothing', async (_name, body) => {
    const before = (await system.api.balance()).received;
    expect(await post(orders, body)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect((await system.api.balance()).received).toBe(before);
  });

  it.each([
    ['an empty object', {}, ['order', 'form']],
    ['no form', { order: { id: 'IL260105IN1' } }, ['form']],
    ['a form that is text', { order: { id: 'IL260105IN2' }, form: 'x' }, ['form']],
    ['a form that is a list', { order: { id: 'IL260105IN3' }, form: [] }, ['form']],
    ['no order', { form: {} }, ['order']],
    ['an order that is null', { order: null, form: {} }, ['order']],
    ['an order without id', { order: {}, form: {} }, ['order.id']],
    ['an empty id', { order: { id: ' ' }, form: {} }, ['order.id']],
    ['an id that is a number', { order: { id: 17 }, form: {} }, ['order.id']],
    ['an id that is an object', { order: { id: { $ne: null } }, form: {} }, ['order.id']],
    ['an id of 101 characters', { order: { id: 'I'.repeat(101) }, form: {} }, ['order.id']],
    ['an id with a line break', { order: { id: 'IL1\n2' }, form: {} }, ['order.id']],
    ['an id with a NUL', { order: { id: 'IL1\u0000' }, form: {} }, ['order.id']],
    ['an id with half a character', { order: { id: 'IL1\ud800' }, form: {} }, ['order.id']],
    [
      'an order only by its prototype',
      JSON.parse('{"__proto__":{"order":{"id":"IL9"},"form":{}}}'),
      ['order', 'form'],
    ],
  ] as [string, unknown, string[]][])(
    'answers 422 to %s, names the fields, keeps the body, and says the same of a repeat',
    async (_name, body, paths) => {
      const reply = await post(orders, JSON.stringify(body));
      expect(reply).toMatchObject({ status: 422, code: 'UNPROCESSABLE' });
      expect(reply.details.map(({ path }) => path)).toEqual(paths);
      expect(await system.api.get(`/deliveries/${reply.deliveryId}`)).toMatchObject({ outcome: 'rejected' });
      expect((await post(orders, JSON.stringify(body))).deliveryId).toBe(reply.deliveryId);
    },
  );

  it.each([
    ['application/json'],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    ['application/octet-stream'],
    ['nonsense'],
    [';;;'],
    ['*/*'],
    ['application/json; charset='],
  ])('takes an order whatever its content type says (%s)', async (type) => {
    const reply = await post(orders, JSON.stringify(payload()), { 'content-type': type });
    expect(reply.status).toBe(200);
  });

  it('takes an order without any content type, and one that comes in pieces of unknown length', async () => {
    const [whole, pieces] = [payload(), payload()].map((one) => Buffer.from(JSON.stringify(one)));
    expect((await post(orders, new Uint8Array(whole!))).status).toBe(200);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < pieces!.length; at += 100)
          controller.enqueue(new Uint8Array(pieces!.subarray(at, at + 100)));
        controller.close();
      },
    });
    expect((await post(orders, stream)).status).toBe(200);
  });

  it('takes a body just below 10 MB and answers 413 above', async () => {
    const { form, order } = payload();
    const spare = largest - JSON.stringify({ form, order, note: '' }).length;
    expect((await post(orders, JSON.stringify({ form, order, note: 'x'.repeat(spare) }))).status).toBe(200);
    const tooLarge = JSON.stringify({ form, order, note: 'x'.repeat(spare + 1) });
    // Again and again: an answer given while the body still comes would be lost now and then.
    for (let round = 0; round < 5; round += 1)
      expect(await post(orders, tooLarge)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each([
    ['no key', {}, 401],
    ['an empty key', { 'x-api-key': '' }, 401],
    ['a key without a dot', { 'x-api-key': 'secret' }, 401],
    ['an unknown key', { 'x-api-key': 'vizi.secret' }, 401],
    ['a key with quotes', { 'x-api-key': "' or 1=1 --.x" }, 401],
    ['a key that is very long', { 'x-api-key': `${'k'.repeat(4_000)}.x` }, 401],
    ['a wrong scheme', { authorization: 'Basic dml6aTpzZWNyZXQ=' }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
  ])('answers with %s what the caller is before it reads the body', async (_name, headers, status) => {
    const response = await fetch(`${system.urls.backend}/api/v1${orders}`, {
      method: 'POST',
      body: '{',
      headers,
    });
    expect(response.status).toBe(status);
  });

  it('answers 403 to a key that may not post orders elsewhere', async () => {
    const headers = { 'x-api-key': system.secrets.viziApiKey };
    expect((await fetch(`${system.urls.backend}/api/v1/orders`, { headers })).status).toBe(403);
  });

  it('survives senders that leave in the middle of a body', async () => {
    const { hostname, port } = new URL(system.urls.backend);
    const head = `POST /api/v1${orders} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${system.secrets.viziApiKey}\r\n`;
    const cut = [
      `${head}Content-Length: 1000\r\n\r\n{"order":`,
      `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"ord`,
      `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `${head}Content-Length: -1\r\n\r\n`,
      'POST /api/v1/webhooks/vizi/orders HTTP/9.9\r\n\r\n',
    ];
    for (const text of cut) await leaveAfter(hostname, Number(port), text);
    expect((await post(orders, JSON.stringify(payload()))).status).toBe(200);
  });

  it('never answers 5xx, and takes every body that names an order, whatever else it holds', async () => {
    const parts = { form: fc.dictionary(anyKey, fc.jsonValue({ maxDepth: 4 })), extra: fc.jsonValue() };
    const property = fc.asyncProperty(
      fc.record(parts),
      fc.dictionary(anyKey, fc.jsonValue()),
      async (rest, bought) => {
        const id = `CO260105IN${(sequence += 1)}`;
        const { status } = await post(orders, JSON.stringify({ ...rest, order: { ...bought, id } }));
        expect(status).toBe(200);
      },
    );
    await fc.assert(property, { seed, numRuns: runs });
    const changed = fc.asyncProperty(anyChange, async (change) => {
      const { status } = await post(orders, change(JSON.stringify(payload())));
      expect([200, 400, 422]).toContain(status);
    });
    await fc.assert(changed, { seed, numRuns: runs });
  }, 60_000);

  it.each([
    ['deep', deep(5_000)],
    ['a huge number', '1e400'],
    ['a long number', '9'.repeat(5_000)],
    ['half a character', '"\\ud800"'],
    ['a NUL', '"\\u0000"'],
    ['a prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    ['a long list', `[${'0,'.repeat(100_000)}0]`],
  ])('takes an order in which a field is %s', async (_name, value) => {
    for (const field of ['client', 'product', 'applicants', 'urgency', 'quantity', 'entry', 'meta']) {
      const id = `CO260105IN${(sequence += 1)}`;
      const body = `{"order":{"id":"${id}","branch":"co","amount":${value}},"form":{"${field}":${value}}}`;
      expect((await post(orders, body)).status).toBe(200);
    }
  });
});

describe('the door for receipts', () => {
  it.each(['/webhooks/whatsapp', '/webhooks/meta'])(
    'answers 401 at %s without a signature that fits the bytes',
    async (path) => {
      const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]}');
      const fitting = signed(body)['x-hub-signature-256'] ?? '';
      for (const signature of [
        '',
        'sha256=',
        `sha256=${'0'.repeat(64)}`,
        fitting.slice(0, -1),
        fitting.slice(7),
        `${fitting}00`,
      ])
        expect((await post(path, body.toString(), { 'x-hub-signature-256': signature })).status).toBe(401);
      expect((await post(path, `${body.toString()} `, signed(body))).status).toBe(401);
      expect((await post(path, body.toString(), signed(body))).status).toBe(200);
    },
  );

  it('answers 400 to signed bytes that are no object, and 200 to any object', async () => {
    for (const text of ['', '[]', 'x', 'null']) {
      const body = Buffer.from(text);
      expect((await post('/webhooks/whatsapp', text, signed(body))).status).toBe(400);
    }
    const property = fc.asyncProperty(anyReceipts, async (json) => {
      const body = JSON.stringify(json);
      expect((await post('/webhooks/whatsapp', body, signed(Buffer.from(body)))).status).toBe(200);
    });
    await fc.assert(property, { seed, numRuns: 100 });
  }, 60_000);
});

describe('afterwards', () => {
  it('everything taken was interpreted, nothing is open or failed, and both processes are the ones that were started', async () => {
    const { id, body } = shopOrder({ seed, sequence: (sequence += 1), branch: 'il', country: 'india' });
    await system.shop.deliver(body);
    const balance = await untilQuiet(system, 1, 60_000);
    expect(balance.violations).toEqual([]);
    expect(balance.byState['failed']).toBe(0);
    expect(balance.byState['uncertain']).toBe(0);
    expect((await system.sandbox.sends()).confirmationsByOrder).toEqual({ [id]: 1 });
    expect(system.reports).toEqual([]);
  }, 90_000);
});

/** Keys a shop may send one day, and those that JavaScript gives a meaning. */
const anyKey = fc.oneof(
  fc.constantFrom(
    'client',
    'product',
    'applicants',
    'urgency',
    'quantity',
    'entry',
    'meta',
    'branch',
    'amount',
    'status',
  ),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''),
  fc.string({ unit: 'binary' }),
);

/** Ways to damage the text of a body. */
const anyChange = fc.oneof(
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((part) => (text: string) => text.slice(0, Math.floor(text.length * part))),
  fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.string({ maxLength: 5 })).map(
    ([part, inserted]) =>
      (text: string) =>
        text.slice(0, Math.floor(text.length * part)) + inserted + text.slice(Math.floor(text.length * part)),
  ),
  fc
    .tuple(
      fc.constantFrom('"', '{', '}', ':', ',', '0', 'true', 'null'),
      fc.constantFrom('', 'null', '""', '[]', '{}', '1e999'),
    )
    .map(
      ([from, to]) =>
        (text: string) =>
          text.replace(from, to),
    ),
);

const anyReceipts = fc.record({
  object: fc.constant('whatsapp_business_account'),
  entry: fc.oneof(
    fc.jsonValue(),
    fc.array(
      fc.record({
        changes: fc.array(
          fc.record({
            field: fc.constant('messages'),
            value: fc.record({ statuses: fc.array(fc.oneof(fc.jsonValue(), anyStatus())) }),
          }),
        ),
      }),
    ),
  ),
});

function anyStatus() {
  return fc.record({
    id: fc.oneof(fc.string(), fc.constant('wamid.x')),
    status: fc.constantFrom('sent', 'delivered', 'read', 'failed', 'warning', ''),
    timestamp: fc.oneof(fc.string(), fc.constant('1767603644'), fc.integer(), fc.constant('999999999999')),
    recipient_id: fc.oneof(fc.string(), fc.constant('972500000000'), fc.constant(null)),
  });
}

function leaveAfter(host: string, port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => socket.write(text, () => socket.end()));
    socket
      .on('data', () => undefined)
      .once('close', () => resolve())
      .once('error', reject);
  });
}
