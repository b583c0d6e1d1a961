import type { Executor } from '../db/database.js';
import { type Answer, fullPage } from './recording.js';

/**
 * What a query is for, which decides what it may cost:
 * - `hot`: every order passes through it;
 * - `list`: somebody looks at a page;
 * - `sweep`: runs at intervals, mostly to find nothing;
 * - `operator`: somebody asked for it, about one thing;
 * - `report`: goes through a period, or through everything.
 */
export type Purpose = 'hot' | 'list' | 'sweep' | 'operator' | 'report';

/** A repository method, or function, with arguments as they come; several of one name differ in what they ask. */
export interface CataloguedQuery {
  /** `Repository.method` or the function's name. */
  readonly name: string;
  /** What these arguments ask, when one name has several. */
  readonly asks?: string;
  readonly purpose: Purpose;
  readonly run: (executor: Executor) => Promise<unknown>;
  /** What its statements are answered with while they are written down; one dull row each where nothing is said. */
  readonly answers?: readonly Answer[];
  /** Run by `Database.report`, which lets the planner choose freely for the values it has. */
  readonly reported?: boolean;
  /** Why it may read much although others of its purpose may not. */
  readonly weakness?: string;
  /** Indexes that its plans must read. */
  readonly reads?: readonly string[];
}

type Run = CataloguedQuery['run'];
type More = Pick<CataloguedQuery, 'asks' | 'answers' | 'reported' | 'weakness' | 'reads'>;

const of =
  (purpose: Purpose) =>
  (name: string, run: Run, more: More = {}): CataloguedQuery => ({ name, purpose, run, ...more });

export const hot = of('hot');
export const list = (name: string, run: Run, more: More = {}): CataloguedQuery =>
  of('list')(name, run, { answers: [fullPage], ...more });
export const sweep = of('sweep');
export const operator = of('operator');
export const report = of('report');
