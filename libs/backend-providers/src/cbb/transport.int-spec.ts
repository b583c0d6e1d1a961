import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { VendorError } from '../vendor-error.js';
import { HttpCbbClient } from './client.js';
import { CbbTransport } from './transport.js';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
let transport: CbbTransport;
let client: HttpCbbClient;
const options = { correlationId: 'corr-7' };

function open(url: string) {
  const { cbb } = loadConfig(
    { CBB_API_URL: url, CBB_API_KEY: 'token', CBB_TIMEOUT: '250' },
    { cbb: slices.cbb },
  );
  const opened = new CbbTransport(cbb, new RateGate(0, 'cbb', undefined), 4);
  return { transport: opened, client: new HttpCbbClient(opened, cbb) };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ transport, client } = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`));
});
afterAll(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const reply = (status: number, body: string, headers: Record<string, string> = {}) => {
  seen = [];
  answer = (_request, response) => void response.writeHead(status, headers).end(body);
};
const setField = async () =>
  await client.setField('972500000001', { name: 'customer_name', value: 'דנה א' }, options);
const failureOf = async (call: () => Promise<unknown>): Promise<VendorError> => {
  const error: unknown = await call().then(
    () => new Error('it should have failed'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof VendorError) return error;
  throw error;
};

describe('a call to CBB', () => {
  it('carries token and correlation id, addresses a field by its number and is form-encoded', async () => {
    reply(200, '{"success":true}');
    await setField();
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/api/contacts/972500000001/custom_fields/779770',
        headers: {
          'x-access-token': 'token',
          'x-correlation-id': 'corr-7',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ value: 'דנה א' }).toString(),
      },
    ]);
  });

  it.each([
    [200, '{"success":false,"error":"invented"}', {}, 'unavailable', 'success-false'],
    [429, '', {}, 'unavailable', 'http-429'],
    [401, '{}', {}, 'unavailable', 'http-401'],
    [402, '{}', {}, 'unavailable', 'http-402'],
    [403, '{}', {}, 'unavailable', 'http-403'],
    [400, '{"success":false}', {}, 'rejected', 'http-400'],
    [404, '', {}, 'rejected', 'http-404'],
    [422, 'no', {}, 'rejected', 'http-422'],
    [500, '{"success":true}', {}, 'unknown', 'http-500'],
    [503, '', {}, 'unknown', 'http-503'],
    [302, '', { location: '/elsewhere' }, 'unknown', 'http-302'],
    [200, '<!DOCTYPE html>', {}, 'unknown', 'unreadable-answer'],
    [200, '', {}, 'unknown', 'unreadable-answer'],
    [200, '{"done":1}', {}, 'unexpected', 'unexpected-shape'],
    [200, '[]', {}, 'unexpected', 'unexpected-shape'],
  ])('answered %d %s: %j is %s (%s)', async (status, body, headers, kind, reason) => {
    reply(status, body, headers);
    const error = await failureOf(setField);
    expect(error).toMatchObject({ vendor: 'cbb', kind, reason, facts: { status } });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['7', 7_000, 7_000],
    [new Date(Date.now() + 60_000).toUTCString(), 55_000, 61_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
  ])('reads Retry-After: %s', async (header, least, most) => {
    reply(429, '', { 'retry-after': header });
    const { facts } = await failureOf(setField);
    expect(facts.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(facts.retryAfterMs).toBeLessThanOrEqual(most);
  });

  it.each([[{}], [{ 'retry-after': 'soon' }]])('does without a usable Retry-After: %j', async (headers) => {
    reply(429, '', headers);
    expect((await failureOf(setField)).facts.retryAfterMs).toBeUndefined();
  });

  it('that gets no answer in time has an unknown outcome', async () => {
    answer = () => undefined;
    await expect(failureOf(setField)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('whose answer stops half-way has an unknown outcome', async () => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-length': '100' }).write('{"succ');
    await expect(failureOf(setField)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('whose connection is cut has an unknown outcome', async () => {
    answer = (request) => request.socket.destroy();
    await expect(failureOf(setField)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('answered with more than a megabyte has an unknown outcome', async () => {
    reply(200, `{"success":true,"x":"${'y'.repeat(2 * 1024 * 1024)}"}`);
    await expect(failureOf(setField)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('to nobody was certainly not made', async () => {
    const nobody = open('http://127.0.0.1:1');
    await expect(
      failureOf(async () => await nobody.client.getContact('972500000001', options)),
    ).resolves.toMatchObject({ kind: 'unavailable', reason: 'econnrefused' });
    await nobody.transport.close();
  });

  it('is given up when whoever asked has lost the right to', async () => {
    answer = () => undefined;
    const lost = new AbortController();
    const call = failureOf(
      async () => await client.getContact('972500000001', { ...options, signal: lost.signal }),
    );
    lost.abort();
    await expect(call).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('keeps the vendor’s words and the customer’s data out of the error', async () => {
    reply(422, '{"message":"דנה 972500000001"}');
    const error = await failureOf(setField);
    expect(`${error.message} ${JSON.stringify(error.facts)}`).not.toMatch(/דנה|9725/);
  });

  it('for a field that the account does not have is our own mistake', async () => {
    await expect(client.setField('1', { name: 'no_such', value: '' }, options)).rejects.toThrow(
      'CBB_FIELD_IDS names no id',
    );
  });

  it('that takes a value away names its field by number', async () => {
    reply(200, '{"success":true}');
    await client.clearField('972500000001', 'order_date', options);
    expect(seen).toMatchObject([
      { method: 'DELETE', url: '/api/contacts/972500000001/custom_fields/661549', body: '' },
    ]);
  });

  it.each([
    ['bare', '[{"id":1,"name":"a","type":0},{"id":"-12","name":"Email"},{"name":"x"},7]'],
    ['under data', '{"data":[{"id":1,"name":"a"},{"id":-12,"name":"Email"}]}'],
  ])('that lists the fields understands them %s', async (_name, body) => {
    reply(200, body);
    await expect(client.listFields(options)).resolves.toEqual([
      { id: 1, name: 'a' },
      { id: -12, name: 'Email' },
    ]);
    expect(seen).toMatchObject([{ method: 'GET', url: '/api/accounts/custom_fields' }]);
  });

  it.each([
    ['empty fields', '{"id":0,"first_name":"","phone":"","custom_fields":[]}', undefined],
    ['null', 'null', undefined],
    [
      'a numeric id',
      '{"id":972500000001,"first_name":"דנה","phone":"972500000001","email":null}',
      '972500000001',
    ],
  ])('that looks a contact up understands %s', async (_name, body, id) => {
    reply(200, body);
    expect((await client.getContact('972500000001', options))?.id).toBe(id);
  });
});
