import { loadConfig, slices } from '@visapi/backend-config';
import { Database } from '@visapi/backend-repositories';
import pg from 'pg';

/** A database of one test file, cloned from the migrated template. */
export interface TestDatabase {
  /** As the application's role, which row security binds. */
  readonly url: string;
  /** As the owner of the schema, for arranging and looking behind the scenes. */
  readonly ownerUrl: string;
  readonly database: Database;
  /** Runs SQL as the owner. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** What columns are sealed with in tests: the keys of development. */
export const { encryption: testEncryption } = loadConfig({}, { encryption: slices.encryption });

const template = 'visapi_template';
let counter = 0;

export async function createTestDatabase(): Promise<TestDatabase> {
  const clusterUrl = needed('TEST_OWNER_URL');
  const name = `test_${process.pid}_${(counter += 1)}`;
  await run(clusterUrl, `create database ${name} template ${template}`);
  const ownerUrl = withDatabase(clusterUrl, name);
  const url = asApp(ownerUrl);
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // Dropping the database at the end, or a test that restarts it, breaks idle connections: that is meant.
  owner.on('error', () => undefined);
  const database = Database.open({ url, poolMax: 4 }, 'visapi-test', () => undefined, testEncryption);
  return {
    url,
    ownerUrl,
    database,
    query: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await owner.query<Row>(text, [...values])).rows,
    drop: async () => {
      await database.close();
      await owner.end();
      await run(clusterUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function asApp(url: string): string {
  const changed = new URL(url);
  changed.username = 'visapi_app';
  changed.password = needed('TEST_APP_PASSWORD');
  return changed.href;
}

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run the tests with npm test, which starts Postgres and Redis`);
  return value;
}
