import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Guardian } from '../services/guardian.ts';
import { startPostgres } from '../services/postgres.ts';
import { generateClient } from './api/client.ts';
import { describeBackend } from './api/describe.ts';
import { errorsPage } from './api/errors-page.ts';
import { routesPage } from './api/routes-page.ts';
import { environmentPage } from './environment-page.ts';
import { ensureBuilt } from '../launcher/build.ts';

/**
 * Files that are generated and committed must equal what their sources say. `--write` writes them.
 * Usage: node tools/checks/generated.ts [--write]
 */
const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const write = process.argv.includes('--write');

interface Generated {
  readonly path: string;
  readonly content: string;
}

async function generateAll(): Promise<Generated[]> {
  // A check runs behind the build; who writes has just changed something.
  if (write) await ensureBuilt();
  return [
    ...(await compiledQueries()),
    { path: 'docs/environment.md', content: await environmentPage() },
    { path: 'docs/errors.md', content: await errorsPage() },
    ...(await apiAndItsClient()),
    { path: 'libs/backend-repositories/src/db/schema.gen.ts', content: await databaseTypes() },
  ];
}

/** The statements that repositories send, one file each; a file whose repository is gone is named as well. */
async function compiledQueries(): Promise<Generated[]> {
  const { compiledQueries: compile } = await import('@visapi/backend-repositories/catalogue');
  return await wholeFolder('libs/backend-repositories/queries', await compile());
}

/** What the backend says of itself, and the client that is made of it. */
async function apiAndItsClient(): Promise<Generated[]> {
  const description = await describeBackend();
  return [
    { path: 'docs/openapi.json', content: `${JSON.stringify(description, null, 2)}\n` },
    { path: 'docs/routes.md', content: routesPage(description) },
    ...(await wholeFolder('libs/api-client/src/generated', await generateClient(description))),
  ];
}

/** Nothing else stands in the folder. */
async function wholeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<Generated[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const committed = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)));
  const gone = committed
    .filter((name) => !files.has(name))
    .map((name) => ({ path: `${folder}/${name}`, content: '' }));
  return [...[...files].map(([name, content]) => ({ path: `${folder}/${name}`, content })), ...gone];
}

async function withGuardian<T>(work: (guardian: Guardian) => Promise<T>): Promise<T> {
  const guardian = new Guardian();
  try {
    return await work(guardian);
  } finally {
    await guardian.close();
  }
}

/** The types of the tables as the migrations make them, read from a fresh database. */
async function databaseTypes(): Promise<string> {
  return await withGuardian(async (guardian) => {
    const folder = await mkdtemp(join(tmpdir(), 'visapi-generate-'));
    guardian.removeAtEnd(folder);
    const password = randomBytes(12).toString('hex');
    const directory = join(folder, 'postgres');
    const postgres = await startPostgres({ directory, password, durable: false }, guardian);
    await execute(postgres.urlOf('postgres'), 'create database types');
    const { migrate } = await import('@visapi/backend-repositories/migrate');
    const databaseUrl = postgres.urlOf('types');
    await migrate({ databaseUrl, directory: join(root, 'supabase', 'migrations') });
    return await generateTypes(databaseUrl, join(folder, 'schema.gen.ts'));
  });
}

async function generateTypes(url: string, outFile: string): Promise<string> {
  const program = join(root, 'node_modules', 'kysely-codegen', 'dist', 'cli', 'bin.js');
  const options = [
    '--dialect',
    'postgres',
    '--default-schema',
    'public',
    '--camel-case',
    '--date-parser',
    'string',
  ];
  // bigint arrives as a number: our positions stay far below 2^53.
  const types = ['--type-mapping', JSON.stringify({ int8: 'number' }), '--url', url, '--out-file', outFile];
  await run(process.execPath, [program, ...options, ...types], { cwd: root });
  return await readFile(outFile, 'utf8');
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

for (const { path, content } of await generateAll()) {
  const file = join(root, path);
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === content) continue;
  if (write && content === '') await rm(file);
  else if (write) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  if (!write) process.exitCode = 1;
  process.stdout.write(
    write ? `written: ${path}\n` : `${path} is not what its source says: npm run generate\n`,
  );
}
