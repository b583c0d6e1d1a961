import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openApi } from './api.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
});

async function backend(answers: RequestListener) {
  const started = createServer(answers);
  server = started;
  await new Promise<void>((listens) => started.listen(0, '127.0.0.1', listens));
  const { port } = started.address() as AddressInfo;
  return await openApi({ VISAPI_URL: `http://127.0.0.1:${port}/`, VISAPI_API_KEY: 'a.b' });
}

describe('what the backend is asked', () => {
  it('comes there as it was meant: address, query, body and key', async () => {
    const seen: unknown[] = [];
    const api = await backend((request, reply) => {
      const { method, url, headers } = request;
      request.on('data', (bytes: Buffer) => seen.push(JSON.parse(bytes.toString())));
      request.on('end', () => {
        seen.push([method, url, headers.authorization, headers['content-type']]);
        reply.end('{"data":{"id":1}}');
      });
    });
    await api.get('orders/a%2Fb', { cursor: '', branch: undefined, createdBy: 'user:1' });
    await expect(api.send('POST', 'orders', { name: 'דנה', none: undefined })).resolves.toEqual({ id: 1 });
    expect(seen).toEqual([
      ['GET', '/api/v1/orders/a%2Fb?cursor=&createdBy=user%3A1', 'Bearer a.b', undefined],
      { name: 'דנה' },
      ['POST', '/api/v1/orders', 'Bearer a.b', 'application/json'],
    ]);
  });
});

describe('an answer that is not what was asked for', () => {
  it.each([
    ['a page', 200, '<html>', /answered 200 in a form that is not ours/],
    ['a page of a proxy', 502, '<html>', /answered 502 in a form that is not ours/],
    ['nothing', 503, '', /answered 503 in a form that is not ours/],
    ['a refusal', 403, '{"error":{"code":"FORBIDDEN","message":"No."}}', /^No\. \(FORBIDDEN\)/],
  ])('is told as such: %s', async (_what, status, body, words) => {
    const api = await backend((_request, reply) => reply.writeHead(status).end(body));
    await expect(api.get('orders')).rejects.toThrow(words);
  });

  it('that breaks off is told as a backend that does not answer', async () => {
    const api = await backend((_request, reply) => {
      reply.writeHead(200, { 'content-length': '100' });
      reply.write('{"data":', () => reply.destroy());
    });
    await expect(api.get('orders')).rejects.toThrow(/does not answer/);
  });

  it('that never comes is told with the address and why, and what to do', async () => {
    const api = await backend((_request, reply) => reply.end());
    const { port } = server?.address() as AddressInfo;
    await new Promise((done) => server?.close(done));
    await expect(api.get('orders')).rejects.toMatchObject({
      message: `the backend at http://127.0.0.1:${port} does not answer (ECONNREFUSED)`,
      fix: expect.stringContaining('npm start'),
    });
    server = undefined;
  });
});
