import { type SelectQueryBuilder, sql } from 'kysely';
import type { Executor } from './database.js';
import { KeptTotals } from './kept-totals.js';

/** Which part of a list: a numbered page with its total, or what comes after a cursor (stable and cheap at any depth). */
export type Page =
  | { readonly kind: 'page'; readonly page: number; readonly perPage: number }
  | { readonly kind: 'cursor'; readonly after: string | null; readonly perPage: number };

export interface PageResult<T> {
  readonly items: readonly T[];
  readonly pagination:
    | { readonly page: number; readonly perPage: number; readonly total: number; readonly totalPages: number }
    | { readonly nextCursor: string | null; readonly perPage: number };
}

/**
 * Runs a list query newest first.
 * @param key column that orders the list, unique and growing with age of the row (a position, or a time-ordered uuid)
 * @param keyOf the key of a row as text, used as its cursor
 */
export async function paginate<D, TB extends keyof D, Row>(
  executor: Executor,
  query: SelectQueryBuilder<D, TB, Row>,
  key: string,
  keyOf: (row: Row) => string,
  page: Page,
): Promise<PageResult<Row>> {
  const ordered = query.orderBy(sql.ref(key), 'desc');
  if (page.kind === 'cursor') {
    const after =
      page.after === null ? ordered : ordered.where(sql<boolean>`${sql.ref(key)} < ${page.after}`);
    const rows = await after.limit(page.perPage + 1).execute();
    const items = rows.slice(0, page.perPage);
    const last = items.at(-1);
    const nextCursor = rows.length > page.perPage && last !== undefined ? keyOf(last) : null;
    return { items, pagination: { nextCursor, perPage: page.perPage } };
  }
  return await paginateByNumber(executor, query, ordered, page);
}

const keptTotals = new KeptTotals();

/**
 * Runs a list query in an order of its own. The total is counted only where the page does not show the end, and of a
 * long list once a minute.
 * @param ordered the query with its order, which must end in something unique: rows would change pages otherwise
 */
export async function paginateByNumber<D, TB extends keyof D, Row>(
  executor: Executor,
  query: SelectQueryBuilder<D, TB, Row>,
  ordered: SelectQueryBuilder<D, TB, Row>,
  { page, perPage }: { readonly page: number; readonly perPage: number },
): Promise<PageResult<Row>> {
  const before = (page - 1) * perPage;
  const items = await ordered.limit(perPage).offset(before).execute();
  const seen = before + items.length;
  const isEnd = items.length < perPage && (items.length > 0 || page === 1);
  const known = items.length === 0 ? 0 : seen;
  const total = isEnd ? seen : await keptTotals.of(query.compile(), known, () => countOf(executor, query));
  return { items, pagination: { page, perPage, total, totalPages: Math.ceil(total / perPage) } };
}

async function countOf<D, TB extends keyof D, Row>(
  executor: Executor,
  query: SelectQueryBuilder<D, TB, Row>,
): Promise<number> {
  const counted = await sql<{ total: number }>`select count(*) as total from (${query}) as counted`.execute(
    executor,
  );
  return counted.rows[0]?.total ?? 0;
}
