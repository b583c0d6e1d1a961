import {
  type Expression,
  type Insertable,
  type Kysely,
  type RawBuilder,
  type Selectable,
  sql,
  type SqlBool,
  type Updateable,
} from 'kysely';
import type { Executor } from './database.js';
import { type Page, type PageResult, paginate } from './paginate.js';
import type { DB } from './schema.gen.js';

type Row<T extends keyof DB> = Selectable<DB[T]>;
type Column<T extends keyof DB> = keyof Row<T> & string;
type Found<T extends keyof DB, C extends Column<T>> = Pick<Row<T>, C>;
type Key = string | number;
type Comparable = string | number | boolean | Date | Buffer | null;

/** What a column is compared with, other than being a value. Null is a value: `{ not: 'x' }` holds for it. */
interface Tests<V> {
  readonly not?: V;
  readonly in?: readonly V[];
  readonly lt?: NonNullable<V>;
  readonly lte?: NonNullable<V>;
  readonly gt?: NonNullable<V>;
  readonly gte?: NonNullable<V>;
}

/** Rows for which all of this holds. Columns of lists and JSON have no place here. */
export type Filter<T extends keyof DB> = {
  readonly [C in Column<T> as Row<T>[C] extends Comparable ? C : never]?: Row<T>[C] | Tests<Row<T>[C]>;
};

export interface Choice<T extends keyof DB> {
  readonly where?: Filter<T>;
  readonly orderBy?: readonly (readonly [column: Column<T>, direction: 'asc' | 'desc'])[];
  readonly limit?: number;
}

/** Kysely cannot follow a table that is a type parameter; what leaves this file is typed by the table again. */
interface Loose {
  readonly table: Record<string, unknown>;
}

/**
 * What repositories of one table have in common. Methods that mean something in the language of a context are written in
 * that repository; these are what they are made of. The executor comes first, as everywhere.
 * @typeParam C the columns that are read
 */
export abstract class BaseRepository<T extends keyof DB, C extends Column<T>> {
  private readonly table: 'table';
  private readonly columns: readonly string[];

  /** @param key the column that names a row; lists by page follow it, newest first, so it must grow with time there */
  protected constructor(
    table: T,
    private readonly key: Column<T>,
    columns: readonly C[],
  ) {
    this.columns = columns;
    this.table = table as unknown as 'table';
  }

  async findById(executor: Executor, id: Key): Promise<Found<T, C> | undefined> {
    const row = await this.select(executor).where(this.named(id)).executeTakeFirst();
    return row as Found<T, C> | undefined;
  }

  /** The first of them, in no order. */
  async findOne(executor: Executor, where: Filter<T>): Promise<Found<T, C> | undefined> {
    const [row] = await this.findMany(executor, { where, limit: 1 });
    return row;
  }

  async findMany(executor: Executor, choice: Choice<T> = {}): Promise<Found<T, C>[]> {
    let query = this.select(executor).where(conditionOf(choice.where ?? {}));
    for (const [column, direction] of choice.orderBy ?? []) query = query.orderBy(column, direction);
    if (choice.limit !== undefined) query = query.limit(choice.limit);
    return (await query.execute()) as Found<T, C>[];
  }

  /** A numbered page, or what follows a cursor. The key must be among the columns that are read. */
  async findPage(executor: Executor, where: Filter<T>, page: Page): Promise<PageResult<Found<T, C>>> {
    const query = this.select(executor).where(conditionOf(where));
    const result = await paginate(executor, query, this.key, (row) => String(row[this.key]), page);
    return result as PageResult<Found<T, C>>;
  }

  async create(executor: Executor, values: Insertable<DB[T]>): Promise<Found<T, C>> {
    const query = loose(executor).insertInto(this.table).values(values).returning(this.columns);
    return (await query.executeTakeFirstOrThrow()) as Found<T, C>;
  }

  /** In one statement, so all or none; a statement has room for 65,535 values. */
  async createMany(executor: Executor, rows: readonly Insertable<DB[T]>[]): Promise<void> {
    if (rows.length === 0) return;
    await loose(executor).insertInto(this.table).values(rows).execute();
  }

  /** @throws Error when there is no such row: an update that hits nothing has lost something */
  async update(executor: Executor, id: Key, changes: Updateable<DB[T]>): Promise<void> {
    const query = loose(executor).updateTable(this.table).set(changes).where(this.named(id));
    const { numUpdatedRows } = await query.executeTakeFirstOrThrow();
    if (numUpdatedRows !== 1n) throw new Error(`There is no such row of ${this.table} to update`);
  }

  /** @returns how many rows it hit: with the expected state in the filter, this is a compare-and-set */
  async updateMany(executor: Executor, where: Filter<T>, changes: Updateable<DB[T]>): Promise<number> {
    refuseEmpty(where);
    const query = loose(executor).updateTable(this.table).set(changes).where(conditionOf(where));
    return Number((await query.executeTakeFirstOrThrow()).numUpdatedRows);
  }

  /** @returns how many rows it removed */
  async delete(executor: Executor, where: Filter<T>): Promise<number> {
    refuseEmpty(where);
    const query = loose(executor).deleteFrom(this.table).where(conditionOf(where));
    return Number((await query.executeTakeFirstOrThrow()).numDeletedRows);
  }

  async count(executor: Executor, where: Filter<T> = {}): Promise<number> {
    const chosen = loose(executor).selectFrom(this.table).where(conditionOf(where));
    return (await chosen.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()).total;
  }

  async exists(executor: Executor, where: Filter<T>): Promise<boolean> {
    const chosen = loose(executor).selectFrom(this.table).where(conditionOf(where)).limit(1);
    return (await chosen.select(sql<number>`1`.as('one')).execute()).length > 0;
  }

  private named(id: Key): Expression<SqlBool> {
    return compare(this.key, 'is', id);
  }

  private select(executor: Executor) {
    return loose(executor).selectFrom(this.table).select(this.columns);
  }
}

function loose(executor: Executor): Kysely<Loose> {
  return executor as unknown as Kysely<Loose>;
}

/** Everything is a wish that has to be spelled out, not what is left when a filter turns out empty. */
function refuseEmpty(where: object): void {
  if (Object.keys(where).length === 0) throw new Error('A change of many rows needs a filter');
}

function conditionOf(where: object): Expression<SqlBool> {
  const parts = Object.entries(where).flatMap(([column, wanted]: [string, unknown]) =>
    (isTests(wanted) ? Object.entries(wanted) : [['is', wanted]]).map(([test, value]: unknown[]) =>
      compare(column, test as Test, value),
    ),
  );
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}

type Test = 'is' | keyof Tests<unknown>;

function compare(column: string, test: Test, value: unknown): RawBuilder<SqlBool> {
  // Left out by mistake, a condition would widen what is read or changed.
  if (value === undefined)
    throw new Error(`The filter says nothing of ${column}: leave it out or give a value`);
  const stored = sql.ref(column);
  switch (test) {
    case 'is':
      return value === null ? sql`${stored} is null` : sql`${stored} = ${value}`;
    case 'not':
      return value === null ? sql`${stored} is not null` : sql`${stored} is distinct from ${value}`;
    case 'in':
      return isOneOf(stored, value as readonly unknown[]);
    default:
      return sql`${stored} ${operators[test]} ${value}`;
  }
}

const operators = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

/** As one array: the statement's text does not depend on how many there are, and of none there is none. */
function isOneOf(stored: RawBuilder<unknown>, values: readonly unknown[]): RawBuilder<SqlBool> {
  const known = values.filter((value) => value !== null);
  if (known.length === values.length) return sql`${stored} = any(${known})`;
  return sql`(${stored} = any(${known}) or ${stored} is null)`;
}

function isTests(wanted: unknown): wanted is object {
  return typeof wanted === 'object' && wanted !== null && Object.getPrototypeOf(wanted) === Object.prototype;
}
