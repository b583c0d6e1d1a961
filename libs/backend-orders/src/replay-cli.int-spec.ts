import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder } from './commands/create-order.command.js';
import { QuarantineDelivery } from './commands/quarantine-delivery.command.js';
import { OrdersModule } from './orders.module.js';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;

// Each run is a process of its own that looks after its build first.
jest.setTimeout(60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function run(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: test.url, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, 'replay', ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

async function received(orderId: string) {
  const body = viziOrder({ order: { id: orderId }, form: { nonce: (counter += 1) } });
  return (await deliver(test.database, body)).deliveryId;
}

async function told(orderId: string) {
  const deliveryId = await received(orderId);
  await app.get(CommandBus).execute(new CreateOrder(deliveryId));
  await test.query(`update effects set state = 'accepted', accepted_at = now() where order_id = $1`, [
    orderId,
  ]);
  return deliveryId;
}

const plannedOf = async (orderId: string) =>
  await test.query(`select purpose from effects where order_id = $1 and state = 'planned'`, [orderId]);
const mended = ['--reason', 'mended'];

describe('npm run visapi -- replay', () => {
  it('shows what it would open, then opens it, and says who wanted it and why', async () => {
    const id = await received('A1');
    await app.get(CommandBus).execute(new QuarantineDelivery(id, 'a defect'));
    const seen = await run('--state', 'failed', '--dry-run');
    expect(seen.stdout).toMatch(new RegExp(`^${id}  A1  would open\n`));
    expect(seen.stdout).toMatch(/contact would be planned\n {2}message would be planned\n1 open\n$/);
    const done = await run('--state', 'failed', ...mended);
    expect(done).toMatchObject({ status: 0, stdout: `${id}  A1  opened\n1 opened\n` });
    const [fact] = await test.query(`select actor, payload from events where type = 'operator.replayed'`);
    expect(fact).toEqual({ actor: 'cli', payload: { mode: 'missing', reason: 'mended', deliveryId: id } });
  });

  it('forces one effect with the token of its dry run, and no second time with the same', async () => {
    const id = await told('B1');
    const what = [id, '--mode', 'force', '--effect', 'confirmation'];
    const seen = await run(...what, '--dry-run');
    expect(seen.stdout).toContain('message is accepted');
    const token = /--confirm (\w+)/.exec(seen.stdout)?.[1] ?? '';
    const done = await run(...what, ...mended, '--confirm', token);
    expect(done.stdout).toMatch(/planned confirmation [0-9a-f-]{36}\n1 planned\n$/);
    await expect(plannedOf('B1')).resolves.toEqual([{ purpose: 'confirmation' }]);
    const again = await run(...what, ...mended, '--confirm', token);
    expect(again.status).toBe(1);
    await expect(plannedOf('B1')).resolves.toHaveLength(1);
  });

  it('reads an order’s content again and touches no effect; --json is one document for each delivery', async () => {
    const id = await told('C1');
    await test.query(`update orders set product_country = 'atlantis' where order_id = 'C1'`);
    const { status, stdout } = await run(id, '--mode', 'state', ...mended, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      deliveryId: id,
      status: 'rewritten',
      fields: ['productCountry'],
    });
    await expect(plannedOf('C1')).resolves.toEqual([]);
  });

  it('ends with 1 when a delivery is refused', async () => {
    const id = await received('D1');
    await app.get(CommandBus).execute(new QuarantineDelivery(id, 'a defect'));
    const { status, stdout } = await run(id, '--mode', 'state', ...mended);
    expect(stdout).toMatch(/D1 {2}refused\n {2}mode .*mode "missing"/);
    expect(status).toBe(1);
  });

  const someId = '019a0000-0000-7000-8000-000000000001';
  it.each([
    [[], /no delivery is named or described/],
    [['x'], /"x" is no id of a delivery/],
    [[someId], /--reason is missing/],
    [[someId, '--state', 'failed', ...mended], /both named and described/],
    [['--state', 'broken', ...mended], /--state is broken.*open, applied, failed, closed/s],
    [['--state', 'failed', '--mode', 'force', ...mended], /Name exactly one/],
    [[someId, '--mode', 'force', ...mended], /--effect must be contact or confirmation/],
    [[someId, '--mode', 'force', '--effect', 'contact', ...mended], /There is no such delivery/],
    [[someId, ...mended], new RegExp(`there is no delivery ${someId}`)],
  ])('says what would be right: %j', async (args, words) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });
});
