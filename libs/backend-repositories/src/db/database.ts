import type { DatabaseConfig, EncryptionConfig } from '@visapi/backend-config';
import { CamelCasePlugin, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { Keyring } from '../privacy/keyring.js';
import { Vault, VaultPlugin } from '../privacy/vault.js';
import { planning, preparing } from './prepared-pool.js';
import type { DB } from './schema.gen.js';

/** What a repository method runs on: the pool or a transaction. Always passed explicitly. */
export type Executor = Kysely<DB> | Transaction<DB>;

/**
 * Statements are planned once per connection and kept, often while tables are still empty; a plan that reads a whole
 * table because it is tiny would stay when it has grown. Every query of the hot paths has its index, so the plans that
 * read everything are taken out of the choice. And a plan is kept from the first time on, for whatever values come: left to
 * itself Postgres planned the claim of a message anew each time, which took longer than to run it.
 */
const plansOfAll = ['seqscan', 'mergejoin', 'hashjoin', 'bitmapscan'];
const keptPlans = [...plansOfAll.map((plan) => `enable_${plan}=off`), 'plan_cache_mode=force_generic_plan'];
const plannerOptions = [...keptPlans, 'jit=off'].map((option) => `-c ${option}`).join(' ');

/** Puts the choice back for one transaction: reports are planned for the values they have, on the statistics of now. */
const freePlans = [...plansOfAll.map((plan) => `enable_${plan} = on`), 'plan_cache_mode = auto']
  .map((option) => `set local ${option}`)
  .join('; ');

/** Runs within the caller's transaction if there is one, else within one of its own. */
export async function inTransaction<T>(
  executor: Executor,
  work: (transaction: Executor) => Promise<T>,
): Promise<T> {
  return executor.isTransaction ? await work(executor) : await executor.transaction().execute(work);
}

/** The database of this process; injected by this class. Transactions are opened by commands only. */
export class Database {
  private constructor(
    readonly db: Kysely<DB>,
    private readonly reports: Kysely<DB>,
    private readonly pool: pg.Pool,
  ) {}

  /**
   * @param applicationName shown in pg_stat_activity
   * @param onIdleError told when an idle connection breaks (a restart of Postgres); the pool replaces it by itself
   * @param encryption what columns are sealed with; whoever neither writes nor reads such a column needs none
   */
  static open(
    config: DatabaseConfig,
    applicationName: string,
    onIdleError: (error: Error) => void,
    encryption?: EncryptionConfig,
  ): Database {
    const pool = new pg.Pool({
      connectionString: config.url,
      max: config.poolMax,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      idle_in_transaction_session_timeout: 30_000,
      options: plannerOptions,
      types: { getTypeParser },
    });
    pool.on('error', onIdleError);
    // The pool listens to idle clients only. One that breaks between two statements of a transaction would, unheard, end
    // the process; its next statement fails and tells why.
    pool.on('connect', (client) => client.on('error', () => undefined));
    const vault = encryption && new Vault(new Keyring(encryption.keys), (): Executor => db);
    const plugins = [
      new CamelCasePlugin({ maintainNestedObjectKeys: true }),
      ...(vault ? [new VaultPlugin(vault)] : []),
    ];
    const db: Kysely<DB> = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: preparing(pool) }),
      plugins,
    });
    const reports = new Kysely<DB>({ dialect: new PostgresDialect({ pool: planning(pool) }), plugins });
    return new Database(db, reports, pool);
  }

  /**
   * Runs reads whose text varies or that go through much of a table: planned each time with every plan allowed, in one
   * snapshot, and unable to write. Their statements are not kept, so that they never take the place of the hot paths'.
   */
  async report<T>(read: (executor: Executor) => Promise<T>): Promise<T> {
    const transaction = this.reports
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only');
    return await transaction.execute(async (executor) => {
      await sql.raw(freePlans).execute(executor);
      return await read(executor);
    });
  }

  /** Connections that wait for a free one in the pool. */
  get waiting(): number {
    return this.pool.waitingCount;
  }

  async close(): Promise<void> {
    await this.db.destroy();
    // It ends the pool only when it was used itself; a process that ran reports alone would live on until they idle out.
    if (!this.pool.ended) await this.pool.end();
  }
}

const { builtins } = pg.types;

/** bigint as number (our sequences stay far below 2^53), date as the text it is (a day has no time zone). */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === builtins.INT8) return Number;
  if (oid === builtins.DATE) return String;
  return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
}
