import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { Owner } from '#chaos/system/owner.ts';
import { shopOrder } from './shop.js';
import { TestSystem } from './system.js';

/** What attackers write into whatever is text: for a database, a file system, a header, an object, a page. */
const corpus = [
  ...[
    `' or 1=1--`,
    `'; drop table orders; --`,
    `1); select pg_sleep(8); --`,
    `' union select null, null, null --`,
  ],
  ...[
    `"; truncate events; --`,
    `$$; select pg_sleep(8); $$`,
    `%' or '%'='`,
    `\\'; select pg_sleep(8) --`,
    `(select 1/0)`,
  ],
  ...[
    '../../../../etc/passwd',
    String.raw`..\..\windows\win.ini`,
    '/etc/passwd',
    'file:///etc/passwd',
    '..%2f..%2fetc',
  ],
  ...[
    'a\r\nset-cookie: injected=1',
    'a\nx-injected: 1',
    '\u0000',
    'a\u0000b',
    '\u202e',
    '\ufeff',
    '\ufffd',
    '🙂',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '{"__proto__":{"polluted":1}}'],
  ...['${7*7}', '{{7*7}}', '<script>alert(1)</script>', '{"$ne":null}', '[]', '*', '%', '_', '.*', '(a+)+$'],
  ...[
    '-1',
    '0',
    '1e309',
    'NaN',
    'Infinity',
    '9007199254740993',
    '99999999999999999999',
    '0x10',
    'true',
    'null',
    '',
  ],
  ...['2026-13-45', '0000-00-00T00:00:00Z', '+999999-01-01T00:00:00Z', 'x'.repeat(900)],
];

type Method = 'get' | 'post' | 'patch' | 'put';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly tookMs: number;
}

let system: TestSystem;
let owner: Owner;
let paths: Readonly<Record<string, Partial<Record<Method, Operation>>>>;
let orderId: string;

beforeAll(async () => {
  system = await TestSystem.start();
  owner = new Owner(system.urls.database);
  const order = shopOrder({ seed: 77, sequence: 77_001, branch: 'co', country: 'india', quirks: false });
  orderId = order.id;
  await system.shop.deliver(order.body);
  await until(
    () => system.api.all<object>('/orders'),
    (orders) => orders.length === 1,
  );
  const answer = await fetch(`${system.urls.backend}/api/openapi.json`, {
    headers: { 'x-api-key': system.secrets.adminApiKey },
  });
  ({ paths } = (await answer.json()) as { paths: typeof paths });
}, 30_000);
afterAll(async () => {
  await owner.close();
  await system.close();
});

/** Sent as it is: `fetch` would tidy the path first. */
async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  const began = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = new URL(system.urls.backend);
  const given = { 'x-api-key': system.secrets.adminApiKey, ...headers };
  const options = { host: url.hostname, port: url.port, method: method.toUpperCase(), path, headers: given };
  const outgoing = send(options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { statusCode: status = 0, headers: got } = response;
      resolve({ status, headers: got, text, tookMs: performance.now() - began });
    });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return await promise;
}

/** What would show that a text was run, or that something inside was told. */
const leaks =
  /syntax error|pg_sleep|SQLSTATE|invalid input syntax|relation "|column "|node_modules|\n\s+at |root:x:0|\/work\/|polluted/;

/** What is wrong with an answer; undefined = nothing. */
function faultOf({ status, headers, text, tookMs }: Answer, sent: string): string | undefined {
  if (status >= 500 || status < 200) return `answers ${status}`;
  if (tookMs > 6_000) return `takes ${tookMs} ms`;
  if ('set-cookie' in headers || 'x-injected' in headers) return 'sets a header';
  // The correlation id is told as it was taken in: cleaned of all that is no letter, digit or mark.
  const told = text.replaceAll(JSON.stringify(sent).slice(1, -1), '').replace(/"requestId":"[^"]*"/, '');
  const leak = leaks.exec(told);
  if (leak) return `tells ${leak[0]}`;
  return shapeFaultOf(status, text);
}

function shapeFaultOf(status: number, text: string): string | undefined {
  let body: { success?: boolean; data?: unknown; error?: { code?: string; message?: string }; meta?: object };
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    return `is no JSON: ${text.slice(0, 80)}`;
  }
  if (typeof body.meta !== 'object' || body.success !== status < 400) return 'is not in the envelope';
  if (status < 400) return body.data === undefined ? 'has no data' : undefined;
  const { code, message } = body.error ?? {};
  return /^[A-Z_]+$/.test(code ?? '') && typeof message === 'string' ? undefined : 'has no code and message';
}

interface Try {
  readonly name: string;
  readonly sent: string;
  readonly run: () => Promise<Answer>;
}

/** Sixteen at a time. */
async function faultsOf(tries: readonly Try[]): Promise<string[]> {
  const faults: string[] = [];
  const waiting = tries.values();
  const work = async (): Promise<void> => {
    for (const { name, sent, run } of waiting) {
      const fault = faultOf(await run(), sent);
      if (fault !== undefined) faults.push(`${name} ${JSON.stringify(sent.slice(0, 60))} ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return faults;
}

const counted = [
  'orders',
  'events',
  'effects',
  'messages',
  'contacts',
  'api_keys',
  'dead_letters',
  'event_replays',
];
async function counts(): Promise<unknown> {
  const columns = counted.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  // An object that is no order is kept as evidence.
  columns.push(`(select count(*)::int from deliveries where outcome <> 'rejected') as deliveries`);
  return (await owner.rows(`select ${columns.join(', ')}`))[0];
}

/** These answer with something other than our envelope. */
const others = /^\/(metrics|api\/docs|api\/openapi\.json|api\/v1\/webhooks)/;
const operations = (method: Method) =>
  Object.entries(paths).flatMap(([path, item]) => {
    const operation = item[method];
    return operation && !others.test(path) ? [{ path, operation }] : [];
  });
const filled = (path: string, name?: string, value = '') =>
  path.replaceAll(/\{(\w+)\}/g, (_, each: string) => (each === name ? encodeURIComponent(value) : orderId));

describe('hostile text', () => {
  it('as a filter of any list or question is a text or a fault of the caller, and runs nowhere', async () => {
    const before = await counts();
    const tries = operations('get').flatMap(({ path, operation: { parameters = [] } }) =>
      parameters
        .filter((parameter) => parameter.in === 'query')
        .flatMap(({ name }) =>
          corpus.map((sent): Try => {
            const url = `${filled(path)}?${encodeURIComponent(name)}=${encodeURIComponent(sent)}`;
            return { name: `GET ${path} ${name}`, sent, run: () => ask('GET', url) };
          }),
        ),
    );
    expect(tries.length).toBeGreaterThan(corpus.length * 40);
    expect(await faultsOf(tries)).toEqual([]);
    expect(await counts()).toEqual(before);
  }, 180_000);

  it('as a part of any address is nothing that there is, or a fault of the caller', async () => {
    const tries = operations('get').flatMap(({ path }) =>
      [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) =>
        corpus
          .filter((sent) => sent !== '')
          .map((sent): Try => ({
            name: `GET ${path}`,
            sent,
            run: () => ask('GET', filled(path, name, sent)),
          })),
      ),
    );
    expect(tries.length).toBeGreaterThan(corpus.length * 5);
    expect(await faultsOf(tries)).toEqual([]);
  }, 120_000);

  it('as an address itself is answered in the envelope, without a file', async () => {
    const hostile = [
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/orders/..%00',
      '/orders/%c0%ae',
      '/%',
      '//etc/passwd',
    ];
    const tries = hostile.map((sent): Try => ({
      name: 'GET',
      sent,
      run: () => ask('GET', `/api/v1${sent}`),
    }));
    expect(await faultsOf(tries)).toEqual([]);
  });

  it('as the name of a parameter is refused, or goes before anybody looks', async () => {
    const names = [
      '__proto__',
      '__proto__[polluted]',
      'constructor',
      'constructor[prototype][polluted]',
      'toString',
      `x' or '1'='1`,
    ];
    const tries = operations('get')
      .filter(({ operation: { parameters = [] } }) =>
        parameters.some((parameter) => parameter.in === 'query'),
      )
      .flatMap(({ path }) =>
        names.map((sent): Try => ({
          name: `GET ${path}`,
          sent,
          run: () => ask('GET', `${filled(path)}?${encodeURIComponent(sent)}=1`),
        })),
      );
    expect(await faultsOf(tries)).toEqual([]);
    // Nest takes these two away before anybody looks: they are no filter, and none is taken for one.
    const refused = tries.filter(({ sent }) => !['__proto__', 'constructor'].includes(sent));
    const statuses = refused.map(async ({ name, sent, run }) => `${name}?${sent} ${(await run()).status}`);
    expect((await Promise.all(statuses)).filter((told) => !told.endsWith(' 400'))).toEqual([]);
  }, 60_000);

  it('as a header is cleaned or refused, and never comes back as one', async () => {
    const names = [
      'x-correlation-id',
      'x-request-id',
      'accept',
      'authorization',
      'x-api-key',
      'x-forwarded-for',
      'idempotency-key',
      'cookie',
      'origin',
    ];
    // What a header cannot hold is refused by whoever sends it.
    const sendable = corpus.filter((sent) => /^[\t\x20-\x7e]+$/.test(sent));
    const tries = names.flatMap((name) =>
      sendable.map((sent): Try => ({
        name,
        sent,
        run: () => ask('GET', '/api/v1/orders?perPage=1', { [name]: sent }),
      })),
    );
    expect(await faultsOf(tries)).toEqual([]);
  }, 60_000);

  it('as a body changes no object but its own', async () => {
    const before = await counts();
    const bodies = [
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"__proto__":null}',
      '{"toString":1}',
    ];
    const tries = (['post', 'patch', 'put'] as const).flatMap((method) =>
      operations(method)
        .filter(({ operation }) => operation.requestBody)
        .flatMap(({ path }) =>
          bodies.map((sent): Try => ({
            name: `${method} ${path}`,
            sent,
            run: () => ask(method, filled(path), {}, sent),
          })),
        ),
    );
    expect(tries.length).toBeGreaterThan(40);
    expect(await faultsOf(tries)).toEqual([]);
    expect(await counts()).toEqual(before);
    expect(JSON.parse((await ask('GET', '/api/v1/version')).text)).not.toHaveProperty('data.polluted');
  }, 60_000);

  it('has left every process as it was started', () => {
    expect(system.reports).toEqual([]);
  });
});
