import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Order } from '@visapi/api-client';
import { REPOSITORY } from '#launcher/settings.ts';
import { until } from '@visapi/backend-testing';
import { untilQuiet } from './invariants.js';
import { type ShopOrder, shopOrder } from './shop.js';
import { TestSystem } from './system.js';

jest.setTimeout(60_000);

let system: TestSystem;
const orders = [26_001, 26_002, 26_003].map((sequence) =>
  shopOrder({ seed: 26, sequence, branch: 'il', country: 'india', consent: true, quirks: false }),
);
const [first] = orders as [ShopOrder];

beforeAll(async () => {
  system = await TestSystem.start();
  for (const { body } of orders) await system.shop.deliver(body);
  await untilQuiet(system, orders.length);
  for (const { id } of orders)
    await until(
      () => system.api.message(id),
      (message) => message?.status === 'read',
    );
}, 60_000);
afterAll(() => system.close());

/** The very program that `npm run visapi` starts. */
async function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    VISAPI_URL: system.urls.backend,
    VISAPI_API_KEY: system.secrets.adminApiKey,
    ...more,
  };
  const file = join(REPOSITORY, 'tools', 'cli', 'main.ts');
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

async function asJson<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await run([...args, '--json']);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const idOf = async (list: string) =>
  (await asJson<{ id: string }[]>(list, 'list', '--order-id', first.id))[0]?.id ?? '';

describe('somebody at the command line', () => {
  it.each([
    [['orders'], /^order id +created at +branch/],
    [['orders', 'show', first.id], /sync state +processed/],
    [['orders', 'search', '--where', '{"field":"country","op":"eq","value":"india"}'], new RegExp(first.id)],
    [['orders', 'search', '--preset', 'todaysOrders', '--sort', 'amount:desc'], new RegExp(first.id)],
    [['orders', 'stats', '--period', 'day'], /total orders +3/],
    [['orders', 'warnings'], /none|warning/],
    [['orders', 'sync', first.id, '--dry-run'], /status +would-plan/],
    [['timeline', first.id], /message\.read +read/],
    [['deliveries', '--state', 'applied'], new RegExp(first.id)],
    [['deliveries', 'replay', '--order-id', first.id, '--dry-run'], /matched +1/],
    [['messages', '--status', 'read'], new RegExp(first.id)],
    [['messages', 'preview', first.id, '--template', 'order_confirmation_global'], /would send +no/],
    [['messages', 'resend', first.id, '--reason', 'a look', '--dry-run'], /status +would-plan/],
    [['events', '--type', 'order.created'], /order\.created/],
    [['events', 'replays'], /none/],
    [['dead-letters'], /none/],
    [['queues'], /queues:\nname/],
    [['cache'], /^families:\nfamily/],
    [['cache', 'clear', '--pattern', 'order:*'], /cleared +order:\*/],
    [['logs', '--limit', '1'], /^logged at +level/],
    [['logs', 'stats'], /by level/],
  ])('reads what was asked for as a table: %j', async (args, words) => {
    const { status, stdout, stderr } = await run(args);
    expect(stderr).not.toContain('✗');
    expect(status).toBe(0);
    expect(stdout).toMatch(words);
  });

  it('reads one thing by the id that its list shows', async () => {
    const [delivery, message] = [await idOf('deliveries'), await idOf('messages')];
    expect((await run(['deliveries', 'show', delivery])).stdout).toContain(first.id);
    expect((await run(['messages', 'show', message])).stdout).toMatch(/status +read/);
    const replayed = await asJson<{ status: string }>(
      'deliveries',
      'replay',
      delivery,
      '--reason',
      'a test',
      '--yes',
    );
    expect(replayed.status).toBe('nothing-to-do');
  });

  it('hands scripts the data of the API as it is, and says when there is more', async () => {
    const ids = (list: Order[]) => list.map(({ orderId }) => orderId);
    const all = await asJson<Order[]>('orders', 'list', '--all');
    expect(all).toEqual(await system.api.get('/orders'));
    const { stdout, stderr } = await run(['orders', 'list', '--limit', '2', '--json']);
    expect(ids(JSON.parse(stdout) as Order[])).toEqual(ids(all).slice(0, 2));
    expect(stderr).toMatch(/more than these 2: --limit <n> shows so many, --all every one/);
  });

  it('corrects and reviews an order with a reason, which stands in its story', async () => {
    const { id } = orders[1] as ShopOrder;
    await run(['orders', 'flag', id, '--reason', 'the name looks odd']);
    const corrected = await asJson<Order>(
      ...[
        'orders',
        'correct',
        id,
        '--client-name',
        'Dana Example',
        '--phone',
        'null',
        '--reason',
        'misspelt',
      ],
    );
    expect(corrected).toMatchObject({ clientName: 'Dana Example', phone: null });
    await asJson('orders', 'review', id, '--reason', 'it is right');
    const { stdout } = await run(['timeline', id]);
    expect(stdout).toContain('misspelt');
    expect(stdout).toContain('it is right');
  });

  it('does nothing that cannot be undone before it was confirmed', async () => {
    const { id } = orders[2] as ShopOrder;
    const sent = async () => (await system.sandbox.sends()).confirmationsByOrder[id];
    const args = ['messages', 'resend', id, '--reason', 'asked for'];
    const { status, stderr } = await run(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Tell the customer of .* again was not confirmed[\s\S]*--yes/);
    expect(await sent()).toBe(1);
    expect((await run([...args, '--yes'])).stdout).toMatch(/status +planned/);
    await untilQuiet(system, orders.length);
    expect(await sent()).toBe(2);
  });

  it.each([
    [['ordres'], /Do you mean orders\?/],
    [['orders', 'lst'], /Do you mean list\?/],
    [['orders', '--brnch', 'il'], /orders has no option --brnch[\s\S]*Do you mean --branch\?/],
    [['orders', 'show'], /orders show needs <orderId>/],
    [['orders', 'show', 'IL1', '--branch', 'il'], /orders show does not take --branch/],
    [['orders', 'search', '--where', '{"field'], /--where cannot be read/],
    [['orders', 'review', 'IL1'], /--reason is missing/],
    [['orders', '--limit', 'many'], /--limit is many/],
    [
      ['orders', '--cbb-synced', 'maybe'],
      /VALIDATION_ERROR[\s\S]*cbbSynced: must be[\s\S]*Correct all of them/,
    ],
    [['orders', 'show', 'IL000000XX0'], /no order IL000000XX0\. \(NOT_FOUND\)[\s\S]*in its list/],
    [['deliveries', 'replay', '--dry-run'], /filter/],
  ])('is told what would be right: %j', async (args, words) => {
    const { status, stdout, stderr } = await run(args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
  });

  it('is told how to start what does not answer', async () => {
    const { status, stderr } = await run(['orders'], { VISAPI_URL: 'http://127.0.0.1:9' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/does not answer[\s\S]*npm start/);
  });

  it('waits for its turn when the backend says how long', async () => {
    const asked: number[] = [];
    const { status, stdout, stderr } = await runAgainst(['orders'], () => {
      asked.push(performance.now());
      return asked.length === 1
        ? { status: 429, body: {} }
        : { status: 200, body: { data: [], pagination: { nextCursor: null } } };
    });
    expect([status, stdout]).toEqual([0, 'none\n']);
    expect(stderr).toContain('going on in 1 s');
    const [before = 0, after = 0] = asked;
    expect(after - before).toBeGreaterThanOrEqual(990);
  });

  it('goes on where each page ends: by cursor, by number, and with what is done in parts', async () => {
    const [all, found, replayed] = [
      await runAgainst(['orders', '--all', '--json'], ({ url }) => {
        const isFirst = new URL(url, 'http://here').searchParams.get('cursor') === '';
        return page([isFirst ? 1 : 2], { nextCursor: isFirst ? '7' : null });
      }),
      await runAgainst(['orders', 'search', '--limit', '2', '--json'], ({ body }) => {
        const { page: number } = JSON.parse(body) as { page: number };
        return page([number], { totalPages: 3 });
      }),
      await runAgainst(['deliveries', 'replay', '--state', 'failed', '--yes', '--json'], ({ body }) => {
        const { cursor } = JSON.parse(body) as { cursor?: string };
        const data =
          cursor === undefined ? { results: [1], cursor: '7' } : { results: [cursor], cursor: null };
        return { status: 200, body: { data } };
      }),
    ];
    expect(JSON.parse(all.stdout)).toEqual([1, 2]);
    expect(JSON.parse(found.stdout)).toEqual([1, 2]);
    expect(found.stderr).toContain('more than these 2');
    expect(JSON.parse(replayed.stdout)).toEqual({ results: [1, '7'], cursor: null });
  });
});

interface Asked {
  readonly url: string;
  readonly body: string;
}

const page = (data: unknown[], pagination: object) => ({ status: 200, body: { data, pagination } });

/** The program against a backend that answers so: what would need thousands of orders, or a busy minute. */
async function runAgainst(
  args: readonly string[],
  answer: (asked: Asked) => { status: number; body: object },
) {
  const server = createServer((request, response) => {
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
    request.on('end', () => {
      const { status, body } = answer({ url: request.url ?? '', body: sent });
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await run(args, { VISAPI_URL: `http://127.0.0.1:${port}` });
  } finally {
    server.close();
  }
}
