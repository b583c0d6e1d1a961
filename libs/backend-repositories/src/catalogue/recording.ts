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
  const connection: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const rows = (answers[statements.length] ?? usual) as readonly unknown[] as R[];
      statements.push({ text: sql, values: parameters });
      return await Promise.resolve({ rows, numAffectedRows: BigInt(rows.length) });
    },
    streamQuery: () => {
      throw new Error('No repository streams');
    },
  };
  await run(
    new Kysely<DB>({
      dialect: dialectOf(connection),
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    }),
  );
  return statements;
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
