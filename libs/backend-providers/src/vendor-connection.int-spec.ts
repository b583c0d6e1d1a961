import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runWithin, tookTooLong } from '@visapi/backend-kernel';
import { RateGate } from './rate-gate.js';
import { VendorConnection } from './vendor-connection.js';

const late = tookTooLong(1_000);
const get = { method: 'GET', path: '/records', headers: {} } as const;
let vendor: Server;
let url: string;

beforeAll(async () => {
  // Takes every call and answers none but those to /quick.
  vendor = createServer((request, response) => {
    if (request.url === '/quick') response.end('{}');
  });
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  url = `http://127.0.0.1:${(vendor.address() as { port: number }).port}`;
});
afterAll(() => void vendor.close());

function open(perSecond: number): VendorConnection {
  const options = { url, timeoutMs: 20_000, connections: 1, largestAnswer: 1_000 };
  return new VendorConnection('vendor', options, new RateGate(perSecond, 'vendor', undefined));
}

describe('a call to a vendor', () => {
  it('is broken off with the deadline of whoever waits for it, and the vendor sees that', async () => {
    const connection = open(0);
    const deadline = new AbortController();
    const arrived = once(vendor, 'request');
    const call = runWithin(deadline.signal, () => connection.send(get, { correlationId: 'c' }));
    const told = expect(call).rejects.toBe(late);
    const [request] = (await arrived) as [IncomingMessage];
    const closed = once(request.socket, 'close');
    deadline.abort(late);
    await told;
    await closed;
    const next = await connection.send({ ...get, path: '/quick' }, { correlationId: 'c' });
    expect(next.status).toBe(200);
    await connection.close();
  });

  it('does not wait for its turn beyond that deadline either', async () => {
    const connection = open(1);
    await connection.turn();
    const deadline = new AbortController();
    const call = runWithin(deadline.signal, () => connection.send(get, { correlationId: 'c' }));
    const told = expect(call).rejects.toBe(late);
    deadline.abort(late);
    await told;
    await connection.close();
  });
});
