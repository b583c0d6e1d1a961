import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyItem, getOrder, listOrders, need, placeOrder, visapi, VisapiError } from '@visapi/api-client';
import { REPOSITORY } from '#launcher/settings.ts';
import { untilQuiet } from './invariants.js';
import { payloadOf, type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

type ShopOrderBody = Parameters<typeof placeOrder>[0]['body'];
const run = promisify(execFile);
const orders = Array.from({ length: 5 }, (_, index) =>
  shopOrder({ seed: 72, sequence: 72_001 + index, branch: 'il', consent: false, quirks: false }),
);

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start();
  for (const { body } of orders) await system.shop.deliver(body);
  await untilQuiet(system, orders.length);
}, 60_000);
afterAll(() => system.close());

const client = () => visapi({ baseUrl: system.urls.backend, credential: system.secrets.adminApiKey });
const idOf = ({ id }: ShopOrder) => id;

describe('the typed client', () => {
  it('pages through everything', async () => {
    const found: string[] = [];
    const ask = (cursor: string) =>
      listOrders({ client: client(), query: { branch: 'il', perPage: 2, cursor } });
    for await (const { orderId } of everyItem(ask)) found.push(orderId);
    expect(found.toSorted()).toEqual(orders.map(idOf).toSorted());
  });

  it('sends what it is given and answers what is said', async () => {
    const { form, order } = payloadOf(
      shopOrder({ seed: 72, sequence: 72_100, branch: 'il', consent: false }),
    );
    const id = 'IL260105IN72100';
    const body = { form: { ...form }, order: { ...order, id } } as unknown as ShopOrderBody;
    const { data } = await need(placeOrder({ client: client(), body }));
    expect(data).toMatchObject({ orderId: id, status: 'accepted' });
  });

  it('throws what the API says of a failure, by its code', async () => {
    const asked = need(getOrder({ client: client(), path: { orderId: 'IL000000XX0' } }));
    const error = await asked.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VisapiError);
    expect(error).toMatchObject({ status: 404, code: 'NOT_FOUND', requestId: expect.any(String) });
  });

  it('throws too when nobody answers, and says why', async () => {
    const nobody = visapi({ baseUrl: 'http://127.0.0.1:9', credential: 'a.b' });
    const error = await need(listOrders({ client: nobody })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 0,
      code: 'NO_ANSWER',
      message: expect.stringContaining('bad port'),
    });
  });
});

describe('the README of the client', () => {
  it('begins with a snippet that runs as it stands, on the built package', async () => {
    const readme = await readFile(join(REPOSITORY, 'libs', 'api-client', 'README.md'), 'utf8');
    const snippet = /```ts\n([\s\S]+?)```/.exec(readme)?.[1];
    // Where the package is found by its name, as its users find it.
    const folder = join(REPOSITORY, '.visapi');
    await mkdir(folder, { recursive: true });
    const own = await mkdtemp(join(folder, 'readme-'));
    const file = join(own, 'snippet.mts');
    await writeFile(file, snippet!);
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      VISAPI_URL: system.urls.backend,
      VISAPI_API_KEY: system.secrets.adminApiKey,
    };
    const { stdout } = await run(process.execPath, ['--experimental-strip-types', '--no-warnings', file], {
      env,
    });
    expect(stdout).toContain('not here yet');
    for (const { id } of orders) expect(stdout).toContain(`${id} active`);
    await rm(own, { recursive: true });
  });
});
