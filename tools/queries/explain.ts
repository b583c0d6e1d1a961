/**
 * `npm run explain [-- --orders 1000000]`: grows a database of so many orders on a server of its own, runs every
 * catalogued query in it and tells what each read. Fails when one reads what it should not. A million takes a quarter of
 * an hour and 10 GB in the folder for temporary files. `--write` keeps the table in docs/explain.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examined } from '@visapi/backend-repositories/catalogue';
import { Client } from 'pg';
import { buildAll } from '../launcher/build.ts';
import { REPOSITORY } from '../launcher/settings.ts';
import { Guardian } from '../services/guardian.ts';
import { startPostgres } from '../services/postgres.ts';
import { explain as inWords } from '../services/problem.ts';
import { faultLines, page } from './explain-page.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const guardian = new Guardian();
for (const end of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'])
  process.once(end, () => void guardian.close().then(() => process.exit(130)));
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`\n✗ ${inWords(error)}`);
  return 1;
});
await guardian.close();
process.exit();

/** The exit status. */
async function main(args: readonly string[]): Promise<number> {
  const orders = ordersOf(args);
  await buildAll(guardian);
  const { url, appUrl } = await startDatabase();
  const growMs = await growTo(url, orders);
  const examined = await examineAll(appUrl, orders);
  const written = page(examined, {
    orders,
    growMs,
    command: ['npm run explain', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  });
  if (args.includes('--write')) await writeFile(join(REPOSITORY, 'docs', 'explain.md'), written);
  else say(written);
  const faults = faultLines(examined);
  for (const fault of faults) say(`✗ ${fault}`);
  say(`\n${examined.length} statements explained at ${orders} orders, ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

function ordersOf(args: readonly string[]): number {
  const at = args.indexOf('--orders');
  const orders = at < 0 ? 20_000 : Number(args[at + 1]);
  if (!Number.isInteger(orders) || orders < 10_000)
    throw new Error(`--orders needs a whole number of at least 10000, not ${args[at + 1] ?? 'nothing'}`);
  return orders;
}

async function startDatabase(): Promise<{ url: string; appUrl: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'visapi-explain-'));
  guardian.removeAtEnd(folder);
  const password = randomBytes(12).toString('hex');
  const postgres = await startPostgres(
    { directory: join(folder, 'postgres'), password, durable: false },
    guardian,
  );
  await withClient(postgres.urlOf('postgres'), (run) => run('create database explained'));
  const url = postgres.urlOf('explained');
  const { migrate, setAppRolePassword } = await import('@visapi/backend-repositories/migrate');
  await migrate({ databaseUrl: url, directory: join(REPOSITORY, 'supabase', 'migrations') });
  await setAppRolePassword({ databaseUrl: url, password });
  const appUrl = new URL(url);
  appUrl.username = 'visapi_app';
  return { url, appUrl: appUrl.href };
}

async function growTo(url: string, orders: number): Promise<number> {
  const { grow } = await import('@visapi/backend-repositories/catalogue');
  const began = performance.now();
  await withClient(url, (run) => grow(run, orders, (step) => say(`  … ${step}`)));
  return performance.now() - began;
}

/** Several statements in one text answer with the rows of none: nobody needs them. */
async function withClient(
  url: string,
  work: (run: (text: string) => Promise<Record<string, unknown>[]>) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(async (text) => (await client.query<Record<string, unknown>>(text)).rows);
  } finally {
    await client.end();
  }
}

async function examineAll(appUrl: string, orders: number): Promise<Examined[]> {
  const { loadConfig, slices } = await import('@visapi/backend-config');
  const { Database } = await import('@visapi/backend-repositories');
  const { examine } = await import('@visapi/backend-repositories/catalogue');
  const { encryption } = loadConfig({}, { encryption: slices.encryption });
  const database = Database.open({ url: appUrl, poolMax: 2 }, 'visapi-explain', () => undefined, encryption);
  try {
    return await examine(database, orders);
  } finally {
    await database.close();
  }
}
