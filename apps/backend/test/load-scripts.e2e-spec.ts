import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { Owner } from '#chaos/system/owner.ts';
import { devJson } from '#launcher/dev-json.ts';
import { TestSystem } from './system.js';

const folder = join(import.meta.dirname, '..', '..', '..', 'load-tests');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
const nobody = { backend: [], worker: [], sandbox: [], postgres: [], redis: [], auth: [] };

let system: TestSystem;
let owner: Owner;
beforeAll(async () => {
  system = await TestSystem.start();
  owner = new Owner(system.urls.database);
  const admin = { email: 'nobody@example.test', password: 'unused' };
  const told = devJson(system.urls, system.secrets, admin, nobody);
  await writeFile(join(system.home, 'dev.json'), JSON.stringify(told));
}, 30_000);
afterAll(async () => {
  await owner.close();
  await system.close();
});

/** A short run by the stand-in for k6: what machines without k6 have. */
function run(script: string, settings: Readonly<Record<string, string>> = {}) {
  const values = { DURATION: '2s', RATE: '900', PEAK: '20', ORDERS: '60', ...settings };
  const given = Object.entries(values).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const child = spawn(process.execPath, [join(folder, 'k6', 'run.ts'), '--stand-in', script, ...given], {
    env: { PATH: process.env['PATH'], VISAPI_HOME: system.home },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  return new Promise<{ status: number | null; held: string[]; crossed: string[]; output: string }>(
    (resolve) =>
      child.once('close', (status) => {
        const text = output.join('');
        const marked = (mark: string) =>
          [...text.matchAll(new RegExp(`^  ${mark} (.+)$`, 'gm'))].map(([, line = '']) => line);
        resolve({ status, held: marked('✓'), crossed: marked('✗'), output: text });
      }),
  );
}

/** Resolves when there is one that came in from now on. */
async function delivered(condition: string): Promise<{ id: string }[]> {
  const [now] = await owner.rows<{ now: Date }>('select now()');
  const text = `select id from deliveries where received_at > $1 and ${condition} limit 1`;
  return await until(
    () => owner.rows<{ id: string }>(text, [now?.now]),
    (rows) => rows.length > 0,
  );
}

/** How fast is for a quiet machine to say, which the one that runs all tests is not. */
const isAboutTime = (line: string) => /^(http_req_duration|dropped_iterations|oldest_open|memory)/.test(line);

describe('a load script', () => {
  it.each(scripts)(
    '%s finds that nothing was lost or told twice',
    async (script) => {
      const { status, held, crossed, output } = await run(script);
      expect({ crossed: crossed.filter((line) => !isAboutTime(line)), output }).toEqual({
        crossed: [],
        output,
      });
      expect(status).toBe(crossed.length === 0 ? 0 : 99);
      expect(held).toContain('ledger_closed count==1: 1');
      expect(held).toContain('ledger_unaccounted count<=0: 0');
    },
    60_000,
  );

  it('fails when an order that was answered 200 is not in the database', async () => {
    const running = run('api-performance.js');
    const [row] = await delivered("state = 'applied'");
    const forget = [
      'set session_replication_role = replica',
      `delete from deliveries where id = '${row?.id}'`,
    ];
    await (await owner.hold(forget)).end([]);
    const { status, crossed } = await running;
    expect(status).toBe(99);
    expect(crossed).toContain('ledger_unaccounted count<=0: 1');
  }, 60_000);

  it('fails when orders stay open', async () => {
    await system.stopApp('worker');
    const { status, crossed } = await run('api-performance.js', { LEDGER_PATIENCE: '1' });
    expect(status).toBe(99);
    expect(crossed).toContainEqual(expect.stringMatching(/^ledger_left_open count==0: [1-9]/));
  }, 60_000);

  it('fails when the ledger does not answer at its end', async () => {
    const running = run('api-performance.js');
    await delivered('true');
    await system.stopApp('backend');
    const { status, crossed } = await running;
    expect(status).toBe(99);
    expect(crossed).toContain('ledger_closed count==1: 0');
  }, 60_000);
});
