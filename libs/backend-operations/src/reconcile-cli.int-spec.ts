import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OrdersJobsModule, ordersProcessors } from '@visapi/backend-orders/jobs';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'visapi-reconcile-'));
let test: TestDatabase;
let app: INestApplicationContext;

// Each run is a process of its own that looks after its build first.
jest.setTimeout(60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersJobsModule]);
  for (const id of ['TOLD', 'WITHHELD', 'HERE']) {
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id } }));
    await app.get(ordersProcessors[0]).handle({ deliveryId });
  }
  await test.query(`update effects set state = 'accepted', accepted_at = now()`);
  await test.query(
    `update effects set state = 'skipped', reason = 'no-consent' where order_id = 'WITHHELD' and kind = 'message'`,
  );
  await deliver(test.database, viziOrder({ order: { id: 'REFUSED' } }), {
    verdict: 'rejected',
    problems: '[]',
  });
});
afterAll(async () => {
  await app.close();
  await test.drop();
  rmSync(folder, { recursive: true });
});

const run = async (...args: string[]) => await runOn(test.url, ...args);

async function runOn(url: string, ...args: string[]) {
  const env = { ...process.env, DATABASE_URL: url, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

function listed(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('npm run visapi -- reconcile', () => {
  it('says as a table what a list of ids and we do not agree on, and fails when an order is missing here', async () => {
    const path = listed('orders.txt', 'TOLD\nWITHHELD\nNEVER\nREFUSED\nTOLD\nLATER-TEST\n');
    const { status, stdout } = await run('reconcile', path, '--from', '2026-01-01T00:00:00Z');
    expect(stdout).toMatch(/^orders in the list +5$/m);
    expect(stdout).toMatch(/^ {2}not told: skipped, no-consent +1$/m);
    expect(stdout).toMatch(/^in the list again +1$/m);
    expect(stdout).toMatch(/never reached us:\n {2}NEVER\n/);
    expect(stdout).toMatch(/replayed:\n {2}REFUSED {2}delivery [0-9a-f-]{36}\n/);
    expect(stdout).toMatch(/not in the list:\n {2}HERE {2}20\S+Z\n/);
    expect(stdout).toMatch(/test orders:\n {2}LATER-TEST {2}only in the list\n/);
    expect(status).toBe(1);
  });

  it('takes the bodies that the shop exports, and succeeds where only we know more', async () => {
    const bodies = ['TOLD', 'WITHHELD'].map((id) => viziOrder({ order: { id } }));
    const { status, stdout } = await run(
      'reconcile',
      listed('export.json', JSON.stringify(bodies)),
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ finding: 'not-told', orderId: 'WITHHELD', state: 'skipped', reason: 'no-consent' }],
      counts: { orders: 2, told: 1, onlyThere: 0, onlyHere: 0 },
    });
    expect(status).toBe(0);
  });

  it('names the lines of a table that name no order, and fails', async () => {
    const path = listed('orders.csv', 'id,Number\n1,TOLD\n2,\n');
    const { status, stdout } = await run('reconcile', path, '--column', 'Number', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ finding: 'unreadable', line: 3, problem: 'Number must not be empty' }],
      counts: { orders: 1, told: 1, unreadable: 1 },
    });
    expect(status).toBe(1);
  });

  it.each([
    [['none.dat'], /does not say its format[^]*--format text/],
    [['none.json', '--from', 'then'], /--from is no time: then/],
    [['none.json', '--from', '5'], /--from is no time: 5\n.*such as 2026-01-05T00:00:00Z/],
    [['none.json', '--to', '2026-01-05T00:00:00'], /--to is no time/],
    [['none.json'], /nothing was compared: the file names no order, and no period is said/],
    [
      ['none.json', '--from', '2026-01-05T00:00:00Z', '--to', '2026-01-05T00:00:00Z'],
      /--to is not after --from/,
    ],
  ])('says what would be right: %j', async ([name = '', ...args], words) => {
    const { status, stderr } = await run('reconcile', listed(name, '[]'), ...args);
    expect(stderr).toMatch(words);
    expect(status).toBe(1);
  });

  it('takes an empty list as one where a period is said: what came then is only here', async () => {
    const { status, stdout } = await run(
      'reconcile',
      listed('none.txt', ''),
      '--from',
      '2026-01-01T00:00:00Z',
    );
    expect(stdout).toMatch(/^only here +3$/m);
    expect(status).toBe(0);
  });
});

describe('npm run visapi -- ledger', () => {
  it('says that its database does not answer, and what to look at', async () => {
    const { status, stderr } = await runOn('postgres://nobody@127.0.0.1:1/visapi', 'ledger');
    expect(stderr).toMatch(/^✗ the database does not answer: .*ECONNREFUSED.*\n {2}→ .*DATABASE_URL/m);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
  });

  it('prints the balance of the rows, and the same as JSON', async () => {
    const { status, stdout } = await run('ledger');
    expect(stdout).toMatch(/^received +4$\n^ {2}fulfilled +3$/m);
    expect(stdout).toMatch(/^violations +0$/m);
    expect(status).toBe(0);
    const { stdout: json } = await run('ledger', '--json', '--to', '2026-01-01T00:00:00Z');
    expect(JSON.parse(json)).toMatchObject({ received: 0, violations: [] });
  });

  it('names uncertain orders, names violations with what is wrong, and fails because of these', async () => {
    await test.query(`update effects set state = 'uncertain' where order_id = 'TOLD' and kind = 'message'`);
    const uncertain = await run('ledger');
    expect(uncertain.stdout).toMatch(/^uncertain: .*\n {2}TOLD$/m);
    expect(uncertain.status).toBe(0);
    await test.query(`delete from effects where order_id = 'TOLD' and kind = 'contact'`);
    await test.query(`
      insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, accepted_at, correlation_id)
      select gen_random_uuid(), kind, purpose, 'copy', order_id, lane, state, accepted_at, 'copy' from effects
      where order_id = 'HERE' and kind = 'message'`);
    const { status, stdout } = await run('ledger');
    expect(stdout).toMatch(
      /^violations:\n {2}HERE {2}confirmation doubled\n {2}TOLD {2}contact effect missing$/m,
    );
    expect(status).toBe(1);
  });
});
