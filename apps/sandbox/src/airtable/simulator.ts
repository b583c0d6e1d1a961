import {
  done,
  fieldsOf,
  listOf,
  refused,
  type VendorAnswer,
  type VendorCall,
  type VendorRoute,
  type VendorSimulator,
} from '../vendor.js';
import { parseFormula } from './formula.js';
import { PenaltyBox } from './penalty-box.js';
import { AirtableBase } from './records.js';

const mostPerPage = 100;

export interface Airtable extends VendorSimulator {
  /** Lets callers in again that were too fast. */
  readonly forgive: () => void;
}

/** Airtable's record API: list with formula, page and offset; create, so that a test can put its records in (E.3). */
export function airtableSimulator(): Airtable {
  const base = new AirtableBase();
  const penalties = new PenaltyBox();
  const path = '/v0/:base/:table';
  const routes: VendorRoute[] = [
    { method: 'GET', path, answer: (call) => listRecords(base, call) },
    { method: 'GET', path: `${path}/:record`, answer: (call) => getRecord(base, call) },
    { method: 'POST', path, answer: (call) => createRecords(base, call) },
  ];
  const guarded = (route: VendorRoute): VendorRoute => ({
    ...route,
    answer: (call) => {
      if (!call.headers['authorization']) return refused(401, errorBody(401, 'Authentication required'));
      const tooFast = penalties.isTooFast(call.params['base'] ?? '', Date.now());
      return tooFast ? refused(429, errorBody(429, 'too many requests')) : route.answer(call);
    },
  });
  return { vendor: 'airtable', routes: routes.map(guarded), errorBody, forgive: () => penalties.clear() };
}

function listRecords(base: AirtableBase, { params, query }: VendorCall): VendorAnswer {
  const test = query['filterByFormula'] === undefined ? () => true : parseFormula(query['filterByFormula']);
  if (test === undefined) return refused(422, errorBody(422, 'The formula for filtering records is invalid'));
  const most = Number(query['maxRecords'] ?? Infinity);
  const size = Math.min(Number(query['pageSize'] ?? mostPerPage) || mostPerPage, mostPerPage);
  const found = base
    .records(params['table'] ?? '')
    .filter(test)
    .slice(0, most);
  const start = Number(/^itr(\d+)$/.exec(query['offset'] ?? '')?.[1] ?? 0);
  const end = start + size;
  return done({ records: found.slice(start, end), ...(end < found.length && { offset: `itr${end}` }) });
}

function getRecord(base: AirtableBase, { params }: VendorCall): VendorAnswer {
  const record = base.records(params['table'] ?? '').find(({ id }) => id === params['record']);
  return record === undefined ? refused(404, errorBody(404, 'Record not found')) : done(record);
}

function createRecords(base: AirtableBase, call: VendorCall): VendorAnswer {
  const given = listOf(fieldsOf(call.json())['records']);
  const records = given.map((record) =>
    base.add(call.params['table'] ?? '', fieldsOf(fieldsOf(record)['fields'])),
  );
  return done({ records });
}

function errorBody(status: number, message: string): unknown {
  const types: Readonly<Record<number, string>> = {
    401: 'AUTHENTICATION_REQUIRED',
    404: 'NOT_FOUND',
    422: 'INVALID_FILTER_BY_FORMULA',
    429: 'RATE_LIMIT_REACHED',
  };
  return { error: { type: types[status] ?? 'SERVER_ERROR', message } };
}
