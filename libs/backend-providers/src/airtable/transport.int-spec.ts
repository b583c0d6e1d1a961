import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { VendorError } from '../vendor-error.js';
import { HttpAirtableClient } from './client.js';
import { AirtableTransport } from './transport.js';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { url: URL; method: string | undefined; headers: IncomingMessage['headers'] }[] = [];
let transport: AirtableTransport;
let client: HttpAirtableClient;
const options = { correlationId: 'corr-9' };

function open(url: string) {
  const settings = {
    AIRTABLE_API_URL: url,
    AIRTABLE_API_KEY: 'pat.secret',
    AIRTABLE_BASE_ID: 'app1',
    AIRTABLE_TABLE_ID: 'Visa orders',
    AIRTABLE_VIEW_ID: 'viw1',
    AIRTABLE_APPLICATIONS_TABLE_ID: 'tbl2',
    AIRTABLE_TIMEOUT: '250',
  };
  const { airtable } = loadConfig(settings, { airtable: slices.airtable });
  const opened = new AirtableTransport(airtable, new RateGate(0, 'airtable', undefined), 4);
  return { transport: opened, client: new HttpAirtableClient(opened, airtable) };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '', method, headers } = request;
    seen.push({ url: new URL(url, 'http://airtable.test'), method, headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ transport, client } = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  answer = (_request, response) => void response.writeHead(status, headers).end(text);
};
const page = async () => await client.completedPage(undefined, options);
const failureOf = async (call: () => Promise<unknown>): Promise<VendorError> => {
  const error: unknown = await call().then(
    () => new Error('it should have failed'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof VendorError) return error;
  throw error;
};
const typed = (type: string) => ({ error: { type, message: 'דנה 972500000001' } });

describe('a question to Airtable', () => {
  it('carries key and correlation id, and asks for a page of the view', async () => {
    reply(200, { records: [], offset: 'itr1/rec1' });
    await expect(page()).resolves.toEqual({ records: [], offset: 'itr1/rec1' });
    await client.completedPage('itr1/rec1', options);
    const [first, second] = seen;
    expect(first).toMatchObject({
      method: 'GET',
      headers: { authorization: 'Bearer pat.secret', 'x-correlation-id': 'corr-9' },
    });
    expect(first?.url.pathname).toBe('/v0/app1/Visa%20orders');
    expect(Object.fromEntries(first?.url.searchParams ?? [])).toEqual({ view: 'viw1', pageSize: '100' });
    expect(second?.url.searchParams.get('offset')).toBe('itr1/rec1');
  });

  it.each([
    [500, 'oh no', 'unavailable', 'http-500'],
    [503, '', 'unavailable', 'http-503'],
    [302, '', 'unavailable', 'http-302'],
    [200, '<!DOCTYPE html>', 'unavailable', 'unreadable-answer'],
    [401, typed('AUTHENTICATION_REQUIRED'), 'unavailable', 'http-401 authentication-required'],
    [403, typed('INVALID_PERMISSIONS'), 'unavailable', 'http-403 invalid-permissions'],
    [404, { error: 'NOT_FOUND' }, 'unavailable', 'http-404 not-found'],
    [422, typed('VIEW_NAME_NOT_FOUND'), 'rejected', 'http-422 view-name-not-found'],
    [422, typed('LIST_RECORDS_ITERATOR_NOT_AVAILABLE'), 'unavailable', 'offset-expired'],
    [422, typed('דנה'), 'rejected', 'http-422'],
    [400, '', 'rejected', 'http-400'],
    [200, [], 'unexpected', 'unexpected-shape'],
    [200, { records: [{ fields: {} }] }, 'unexpected', 'unexpected-shape'],
    [200, typed('NOT_FOUND'), 'unexpected', 'unexpected-shape'],
  ])('answered %d %j is %s (%s), and is asked once', async (status, body, kind, reason) => {
    reply(status, body);
    const error = await failureOf(page);
    expect(error).toMatchObject({ vendor: 'airtable', kind, reason, facts: { status } });
    expect(`${error.message} ${JSON.stringify(error.facts)}`).not.toMatch(/דנה|9725|secret/);
    expect(seen).toHaveLength(1);
  });

  it.each([
    [{}, 30_000],
    [{ 'retry-after': '7' }, 30_000],
    [{ 'retry-after': '45' }, 45_000],
  ])('that came too fast waits 30 s at least: %j', async (headers, retryAfterMs) => {
    reply(429, typed('RATE_LIMIT_REACHED'), headers);
    await expect(failureOf(page)).resolves.toMatchObject({
      kind: 'unavailable',
      reason: 'http-429',
      facts: { status: 429, retryAfterMs },
    });
  });

  it.each([
    ['gets no answer in time', () => undefined],
    ['is cut off', (request: IncomingMessage) => request.socket.destroy()],
    [
      'gets half an answer',
      (_request: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{"rec'),
    ],
  ])('that %s may be asked again: it changed nothing', async (_name, behaviour) => {
    answer = behaviour;
    await expect(failureOf(page)).resolves.toMatchObject({ vendor: 'airtable', kind: 'unavailable' });
  });

  it('to nobody may be asked again', async () => {
    const nobody = open('http://127.0.0.1:1');
    await expect(
      failureOf(async () => await nobody.client.findOrders('orderid', 'IL1', options)),
    ).resolves.toMatchObject({ kind: 'unavailable', reason: 'econnrefused' });
    await nobody.transport.close();
  });

  it('about many applications is asked fifty at a time, and pages to its end', async () => {
    const ids = Array.from({ length: 51 }, (_, nth) => `rec${String(nth).padStart(14, '0')}`);
    answer = (request, response) => {
      const query = new URL(request.url ?? '', 'http://airtable.test').searchParams;
      const asked = [...(query.get('filterByFormula') ?? '').matchAll(/'(rec\d+)'/g)].map(([, id]) => id);
      const start = Number(query.get('offset') ?? 0);
      const records = asked.slice(start, start + 40).map((id) => ({ id, fields: {} }));
      const more = start + 40 < asked.length && { offset: String(start + 40) };
      response.writeHead(200).end(JSON.stringify({ records, ...more }));
    };
    const applications = await client.applications([...ids, ...ids.slice(0, 1)], options);
    expect(applications.map(({ recordId }) => recordId)).toEqual([...ids, ids[0]]);
    expect(applications.every(({ unreadable }) => !unreadable)).toBe(true);
    expect(seen).toHaveLength(3);
    expect(Math.max(...seen.map(({ url }) => url.href.length))).toBeLessThan(8_000);
  });

  it('whose pages never end is given up', async () => {
    reply(200, { records: [], offset: 'again' });
    const call = async () => await client.applications(['rec00000000000001'], options);
    await expect(failureOf(call)).resolves.toMatchObject({ kind: 'unexpected', reason: 'endless-pages' });
  });
});
