import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fillNumber, orderId, orderPhone, readTemplate, requestTemplate } from './order-template.ts';
import { median, pairedRatio, slope, summarise } from './statistics.ts';
import { outcomeOfRead } from './tally.ts';
import { WireConnection } from './wire.ts';

describe('what the generator sends', () => {
  const template = requestTemplate(new URL('http://127.0.0.1:3000/orders'), { 'X-API-Key': 'a.b' });
  const bodyOf = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const read = (index: number) => {
    const bytes = Buffer.from(template.bytes);
    fillNumber(bytes, template.offsets, index);
    return {
      bytes,
      body: JSON.parse(bodyOf(bytes).toString()) as {
        order: { id: string };
        form: { client: { phone: { number: string } } };
      },
    };
  };

  it('is a request of 2 KB whose length header tells the truth', () => {
    const { bytes } = read(0);
    expect(bodyOf(bytes)).toHaveLength(2_048);
    expect(bytes.toString('latin1')).toContain('Content-Length: 2048\r\n');
  });

  it('carries the id and the phone by which the order is counted afterwards', () => {
    const { body } = read(1_234);
    expect(body.order.id).toBe(orderId(1_234));
    expect(`972${body.form.client.phone.number.slice(1)}`).toBe(orderPhone(1_234));
  });

  it('differs for each order and is the same bytes for the same order', () => {
    expect(read(1).bytes.equals(read(2).bytes)).toBe(false);
    expect(read(1).bytes.equals(read(1).bytes)).toBe(true);
  });
});

describe('what it sends to read an order', () => {
  it('asks for the order that the answer must name', () => {
    const { bytes, offsets } = readTemplate(new URL('http://127.0.0.1:3000/orders'), { 'X-API-Key': 'a.b' });
    fillNumber(bytes, offsets, 42);
    expect(bytes.toString()).toBe(
      `GET /orders/${orderId(42)} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nX-API-Key: a.b\r\n\r\n`,
    );
    expect(outcomeOfRead(42, Buffer.from(`{"data":{"orderId":"${orderId(42)}"}}`))).toBe('named');
    expect(outcomeOfRead(42, Buffer.from(`{"data":{"orderId":"${orderId(43)}"}}`))).toBe('other');
  });
});

describe('how answers are read', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const ask = (connection: WireConnection): Promise<{ status: number; body: string }> =>
    new Promise((resolve) => {
      connection.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), (status, body) => {
        resolve({ status, body: body.toString() });
      });
    });

  const listen = async (answer: Parameters<typeof createServer>[1]): Promise<WireConnection> => {
    const listening = createServer(answer ?? (() => undefined));
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new WireConnection(new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`));
  };

  it('puts an answer together that arrives in pieces, and goes on with the next', async () => {
    const connection = await listen((_request, response) => {
      response.writeHead(503, { 'content-length': 6 });
      response.write('abc');
      setImmediate(() => response.end('def'));
    });
    expect(await ask(connection)).toEqual({ status: 503, body: 'abcdef' });
    expect(await ask(connection)).toEqual({ status: 503, body: 'abcdef' });
    connection.close();
  });

  it('reports a broken connection as status 0 and opens another for the next request', async () => {
    let requests = 0;
    const connection = await listen((request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end('ok');
    });
    expect(await ask(connection)).toEqual({ status: 0, body: '' });
    expect(await ask(connection)).toMatchObject({ status: 200 });
    connection.close();
  });
});

describe('how figures are summed up', () => {
  it('gives the middle of an odd number of rounds and the mean of the two middle ones of an even number', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('compares each round with its neighbour, so that a disturbed pair does not decide', () => {
    expect(pairedRatio([10, 2, 12], [5, 1, 4])).toBe(2);
  });

  it('takes nothing for a figure when nothing was measured', () => {
    expect(() => summarise([])).toThrow('Nothing was measured');
    expect(() => median([])).toThrow('Nothing was measured');
    expect(() => pairedRatio([10, 12], [5])).toThrow('Nothing was measured');
  });

  it('finds by how much something grows, whatever it swings, and no growth in what does not', () => {
    const swinging = Array.from({ length: 200 }, (_, x) => ({ x, y: 100 + 0.5 * x + (x % 2 ? 3 : -3) }));
    expect(slope(swinging)).toBeCloseTo(0.5, 2);
    expect(slope(swinging.map(({ x }) => ({ x, y: 7 })))).toBe(0);
    expect(slope([{ x: 1, y: 5 }])).toBeNaN();
  });

  it('counts percentiles so that one in a hundred is above p99', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => 1_000 - index);
    expect(summarise(values)).toEqual({ p50: 501, p95: 951, p99: 991, max: 1_000 });
  });
});
