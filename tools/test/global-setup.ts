import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Guardian } from '../services/guardian.ts';
import { startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';
import { keep } from './running.ts';

const TEMPLATE = 'visapi_template';

/**
 * One Postgres and one Redis for the whole jest run, in a temporary folder; the migrations run once, into a
 * template that test files clone. The guardian stops and removes all of it, however jest ends.
 */
async function setUp(): Promise<void> {
  const guardian = new Guardian();
  const folder = await mkdtemp(join(tmpdir(), 'visapi-test-'));
  guardian.removeAtEnd(folder);
  keep(guardian);
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const password = randomBytes(12).toString('hex');
  const [postgres, redis] = await Promise.all([
    startPostgres({ directory: join(folder, 'postgres'), password, durable: false }, guardian),
    startRedis({ directory: join(folder, 'redis'), durable: false, note }, guardian),
  ]);
  const appPassword = randomBytes(12).toString('hex');
  await makeTemplate(postgres.urlOf('postgres'), postgres.urlOf(TEMPLATE), appPassword);
  process.env['TEST_OWNER_URL'] = postgres.urlOf('postgres');
  process.env['TEST_REDIS_URL'] = redis.url;
  process.env['TEST_APP_PASSWORD'] = appPassword;
}

// Jest takes a global set-up from the default export only.
export { setUp as default };

async function makeTemplate(ownerUrl: string, templateUrl: string, appPassword: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`create database ${TEMPLATE}`);
    const { migrate, setAppRolePassword } = await import('@visapi/backend-repositories/migrate');
    const directory = join(import.meta.dirname, '..', '..', 'supabase', 'migrations');
    await migrate({ databaseUrl: templateUrl, directory });
    await setAppRolePassword({ databaseUrl: templateUrl, password: appPassword });
  } finally {
    await client.end();
  }
}
