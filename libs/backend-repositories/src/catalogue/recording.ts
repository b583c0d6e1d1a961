import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Executor } from '../db/database.js';
import type { DB } from '../db/schema.gen.js';
import { Vault, VaultPlugin } from '../privacy/vault.js';
import { answerOfKeys, recordedKeyring } from './recorded-keys.js';

/** A statement as a repository sends it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Answer = readonly Readonly<Record<string, unknown>>[];

/** What a statement is answered with where nothing else is said: one row that hit, of an order that has a history. */
const usual: Answer = [{ eventVersion: 9, total: 1, safePosition: 0, yes: true }];

/** A page of a list that goes on, so that its total is asked for. */
export const fullPage: Answer = Array<Answer[number]>(20).fill({});

/** Runs repository code without a database: every statement is noted and answered with what it is told to be. */
export async function record(
  run: (executor: Executor) => Promise<unknown>,
  answers: readonly Answer[] = [],
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const rest = [...answers];
  const executor = pretended((text, values) => {
    statements.push({ text, values });
    return answerOfKeys(text, values) ?? rest.shift() ?? usual;
  });
  await run(executor.withPlugin(vault));
  return statements;
}

/** What the vault asks by itself, once in the life of a process, is in no list. */
const unheard = pretended((text, values) => answerOfKeys(text, values) ?? usual);
const vault = new VaultPlugin(new Vault(recordedKeyring, () => unheard));

function pretended(answer: (text: string, values: readonly unknown[]) => Answer): Kysely<DB> {
  const connection: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const rows = answer(sql, parameters) as readonly unknown[] as R[];
      return await Promise.resolve({ rows, numAffectedRows: BigInt(rows.length) });
    },
    streamQuery: () => {
      throw new Error('No repository streams');
    },
  };
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  return new Kysely<DB>({ dialect: dialectOf(connection), plugins });
}

function dialectOf(connection: DatabaseConnection): Dialect {
  const nothing = async (): Promise<void> => {
    await Promise.resolve();
  };
  const driver: Driver = {
    init: nothing,
    acquireConnection: async () => await Promise.resolve(connection),
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  };
  return {
    createDriver: () => driver,
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
