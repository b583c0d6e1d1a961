import { Problem } from '../services/problem.ts';
import type { Answer, Api, ApiRequest } from './api.ts';
import { type Given, textOf } from './command.ts';
import { Progress } from './progress.ts';

const shownUnlessSaid = 20;
/** The most that the API answers at once. */
const mostPerPage = 200;

interface Rows {
  readonly rows: readonly unknown[];
  /** Whether the list goes on. */
  readonly more: boolean;
}

/** As much of a list as is wanted. */
export async function listed(api: Api, request: ApiRequest, values: Given['values']): Promise<Rows> {
  const limit = values['all'] === true ? Infinity : limitOf(textOf(values['limit']));
  const progress = new Progress('read', undefined);
  const rows: unknown[] = [];
  let next: Place | undefined = { page: 1, cursor: '' };
  while (next !== undefined && rows.length < limit) {
    const perPage = Math.min(limit, mostPerPage);
    const answer: Answer = await api.ask(pageOf(request, next, perPage));
    rows.push(...(answer.data as unknown[]));
    next = placeAfter(next, answer);
    progress.show(rows.length);
  }
  return { rows: rows.slice(0, limit), more: next !== undefined || rows.length > limit };
}

interface Place {
  readonly page: number;
  readonly cursor: string;
}

/** A search is asked for numbered pages, every other list goes on at a cursor. */
function pageOf(request: ApiRequest, { page, cursor }: Place, perPage: number): ApiRequest {
  return request.method === 'POST'
    ? { ...request, body: { ...request.body, page, perPage } }
    : { ...request, query: { ...request.query, cursor, perPage: String(perPage) } };
}

function placeAfter({ page }: Place, { pagination = {} }: Answer): Place | undefined {
  const { nextCursor, totalPages } = pagination;
  if (totalPages !== undefined) return page < totalPages ? { page: page + 1, cursor: '' } : undefined;
  return typeof nextCursor === 'string' ? { page: page + 1, cursor: nextCursor } : undefined;
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return shownUnlessSaid;
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new Problem(`--limit is ${given}`, 'Give a whole number from 1, or --all.');
  return Number(given);
}

interface Part {
  readonly cursor?: string | null;
  readonly [list: string]: unknown;
}

/** Repeats a request at the cursor of its answer until there is none. @returns the last answer, with what all of them did */
export async function followed(api: Api, request: ApiRequest, list: string): Promise<unknown> {
  const progress = new Progress('done', undefined);
  const rows: unknown[] = [];
  for (let cursor: string | undefined; ;) {
    const body = { ...request.body, ...(cursor === undefined ? {} : { cursor }) };
    const part: Part = (await api.ask({ ...request, body })).data as Part;
    rows.push(...(part[list] as unknown[]));
    progress.show(rows.length);
    if (typeof part.cursor !== 'string') return { ...part, [list]: rows };
    ({ cursor } = part);
  }
}
