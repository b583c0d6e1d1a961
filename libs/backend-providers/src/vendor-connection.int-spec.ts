import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deadline, runWithin, tookTooLong } from '@visapi/backend-kernel';
import { AnswerRecord } from './answer-record.js';
import { RateGate } from './rate-gate.js';
import { VendorConnection } from './vendor-connection.js';

const late = tookTooLong(1_000);
const get = { method: 'GET', path: '/records', headers: {} } as const;
/** No text: the byte order mark is left out of it, and the last byte is no letter. */
const oddBytes = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d, 0xff]);
let vendor: Server;
let url: string;

beforeAll(async () => {
  // Takes every call and answers none but those to /quick and /broken.
  vendor = createServer((request, response) => {
    if (request.url === '/quick') response.end('{}');
    if (request.url === '/broken') response.writeHead(500).end(oddBytes);
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
    const deadline = new Deadline();
    const arrived = once(vendor, 'request');
    const call = runWithin(deadline, () => connection.send(get, { correlationId: 'c' }));
    const told = expect(call).rejects.toBe(late);
    const [request] = (await arrived) as [IncomingMessage];
    const closed = once(request.socket, 'close');
    deadline.end(late);
    await told;
    await closed;
    const next = await connection.send({ ...get, path: '/quick' }, { correlationId: 'c' });
    expect(next.status).toBe(200);
    await connection.close();
  });

  it('does not wait for its turn beyond that deadline either', async () => {
    const connection = open(1);
    await connection.turn();
    const deadline = new Deadline();
    const call = runWithin(deadline, () => connection.send(get, { correlationId: 'c' }));
    const told = expect(call).rejects.toBe(late);
    deadline.end(late);
    await told;
    await connection.close();
  });

  it('leaves the digest of the bytes that were answered, whatever their status', async () => {
    const connection = open(0);
    const record = new AnswerRecord();
    const request = { ...get, path: '/broken' };
    const answer = await connection.send(request, { correlationId: 'c', heard: record.heard });
    expect(answer).toMatchObject({ status: 500, text: '{}\ufffd' });
    const responseSha256 = createHash('sha256').update(oddBytes).digest('hex');
    expect(record.evidence(3)).toMatchObject({ attempt: 3, status: 500, responseSha256 });
    await connection.close();
  });

  it('leaves no digest when nobody answered', () => {
    expect(new AnswerRecord().evidence(1)).toMatchObject({ status: null, responseSha256: null });
  });
});
