import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase, until, viziOrder } from '@visapi/backend-testing';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../../tools/cli/main.ts');

let test: TestDatabase;
let folder: string;

beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'visapi-import-'));
});
afterAll(async () => {
  await test.drop();
  await rm(folder, { recursive: true });
});

function start(args: readonly string[]) {
  const env = { ...process.env, DATABASE_URL: test.url, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, 'import', ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...said }));
  return { child, ended };
}

async function run(...args: string[]) {
  const { status, stdout, stderr } = await start([...args, '--json']).ended;
  if (stderr !== '') throw new Error(stderr);
  return { status, ...(JSON.parse(stdout) as Record<string, unknown>) };
}

const file = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
const day = 24 * 3_600_000;
const received = (daysAgo: number) => new Date(Date.now() - daysAgo * day).toISOString();
const row = (id: string, daysAgo: number, confirmationSent: boolean | undefined = true) => ({
  payload: viziOrder({ order: { id } }),
  receivedAt: received(daysAgo),
  told: { contactSynced: true, confirmationSent, visaSent: false },
});
const orders = async () =>
  Number((await test.query<{ n: string }>('select count(*) as n from orders'))[0]?.n);

// Each run is a process of its own that looks after its build first.
jest.setTimeout(60_000);

describe('npm run visapi -- import', () => {
  it('tries, imports and imports again, oldest order first whatever the order of the file', async () => {
    const rows = [row('IL260101IN2', 5), row('IL260101IN1', 9), { ...row('IL260101IN3', 1), told: {} }];
    const path = await file('rows.json', JSON.stringify(rows, null, 1));
    const tried = await run(path, '--dry-run');
    const problems = [
      {
        line: expect.any(Number),
        orderId: 'IL260101IN3',
        problems: [{ path: 'confirmationSent', message: expect.any(String) }],
      },
    ];
    const effects = { 'contact accepted': 2, 'confirmation accepted': 2 };
    expect(tried).toMatchObject({
      status: 1,
      dryRun: true,
      rows: 3,
      imported: 2,
      refused: 1,
      effects,
      problems,
    });
    await expect(orders()).resolves.toBe(0);
    await expect(run(path)).resolves.toMatchObject({ status: 1, imported: 2, refused: 1, effects, problems });
    const stored = await test.query('select order_id from orders order by delivery_position');
    expect(stored.map((order) => order['order_id'])).toEqual(['IL260101IN1', 'IL260101IN2']);
    await expect(run(path)).resolves.toMatchObject({ imported: 0, alreadyHere: 2, refused: 1 });
  });

  it('takes the old table as CSV', async () => {
    const columns = {
      order_id: 'IL260102IN1',
      branch: 'il',
      client_name: 'דנה, "לדוגמה"\nשורה',
      client_phone: '972500000001',
      applicants_data: '[{"id":"apl_Zy9xWv6uTs3r"}]',
      webhook_received_at: '2026-01-02 10:00:00+02',
      whatsapp_confirmation_sent: 't',
    };
    const quoted = Object.values(columns).map((value) => `"${value.replaceAll('"', '""')}"`);
    const path = await file('old.csv', `${Object.keys(columns).join(',')}\r\n${quoted.join(',')}\r\n`);
    await expect(run(path)).resolves.toMatchObject({ status: 0, rows: 1, imported: 1 });
    const [order] = await test.query('select * from orders where order_id = $1', [columns.order_id]);
    expect(order).toMatchObject({
      client_name: columns.client_name,
      client_phone: '+972500000001',
      first_received_at: new Date('2026-01-02T08:00:00Z'),
      whatsapp_confirmation_sent: true,
    });
  });

  it('goes on where it was when it was killed in the middle', async () => {
    const before = await orders();
    const count = 700;
    const rows = Array.from({ length: count }, (_, index) => row(`IL260103IN${index}`, 30 - index / count));
    const path = await file('many.ndjson', rows.map((each) => JSON.stringify(each)).join('\n'));
    const { child, ended } = start([path]);
    await until(orders, (stored) => stored > before + 50, 40_000);
    child.kill('SIGKILL');
    await ended;
    const killedAt = (await orders()) - before;
    expect(killedAt).toBeLessThan(count);
    const { status, imported, alreadyHere } = (await resumed(path)) as Record<string, number>;
    expect({ status, imported, alreadyHere }).toEqual({
      status: 0,
      imported: count - killedAt,
      alreadyHere: killedAt,
    });
    const halves = await test.query(`select d.order_id from deliveries d
      left join orders o on o.order_id = d.order_id left join delivery_bodies b on b.delivery_id = d.id
      where o.order_id is null or b.delivery_id is null
        or (select count(*) from effects e where e.order_id = d.order_id) <> 2`);
    expect(halves).toEqual([]);
  });

  it('says where a file cannot be read, and imports nothing of it', async () => {
    const before = await orders();
    const path = await file('broken.json', `[${JSON.stringify(row('IL260104IN1', 3))},\n{"payload":`);
    const { status, stdout, stderr } = await start([path]).ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/line 2: the file ends too early, the row that begins on line 2 has no end/);
    await expect(orders()).resolves.toBe(before);
  });
});

/** A long run tells of its progress on stderr, which is no problem here. */
async function resumed(path: string): Promise<unknown> {
  const { status, stdout } = await start([path, '--json']).ended;
  return { ...(JSON.parse(stdout) as object), status };
}
