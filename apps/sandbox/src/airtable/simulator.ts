import {
  done,
  fieldsOf,
  listOf,
  refused,
  textOf,
  type VendorAnswer,
  type VendorCall,
  type VendorRoute,
  type VendorSimulator,
} from '../vendor.js';
import { isCompletedView } from './account.js';
import { type AirtableRecord, parseFormula, type Test } from './formula.js';
import { PenaltyBox } from './penalty-box.js';
import type { AirtableBase } from './records.js';

const mostPerPage = 100;

export interface Airtable extends VendorSimulator {
  /** Lets callers in again that were too fast. */
  readonly forgive: () => void;
}

/** Airtable's record API: list by view and formula, page by page; create and change, so that a test can do the staff's work. */
export function airtableSimulator(base: AirtableBase): Airtable {
  const penalties = new PenaltyBox();
  const path = '/v0/:base/:table';
  const routes: VendorRoute[] = [
    { method: 'GET', path, answer: (call) => listRecords(base, call) },
    { method: 'GET', path: `${path}/:record`, answer: (call) => getRecord(base, call) },
    { method: 'POST', path, answer: (call) => createRecords(base, call) },
    { method: 'PATCH', path, answer: (call) => changeRecords(base, call) },
    { method: 'PATCH', path: `${path}/:record`, answer: (call) => changeRecord(base, call) },
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
  const formula =
    query['filterByFormula'] === undefined ? everything : parseFormula(query['filterByFormula']);
  if (formula === undefined)
    return refused(422, errorBody(422, 'The formula for filtering records is invalid'));
  const inView = query['view'] === undefined ? everything : viewTest(query['view']);
  if (inView === undefined) return refused(422, error('VIEW_NAME_NOT_FOUND', 'View not found'));
  const start = startOf(query['offset']);
  if (start === undefined)
    return refused(422, error('LIST_RECORDS_ITERATOR_NOT_AVAILABLE', 'The iterator is not available'));
  const most = Number(query['maxRecords'] ?? Infinity);
  const size = Math.min(Number(query['pageSize'] ?? mostPerPage) || mostPerPage, mostPerPage);
  const found = base
    .records(params['table'] ?? '')
    .filter((record) => inView(record) && formula(record))
    .slice(0, most);
  const end = start + size;
  return done({ records: found.slice(start, end), ...(end < found.length && { offset: `itr${end}` }) });
}

const everything: Test = () => true;

function viewTest(view: string): Test | undefined {
  return isCompletedView(view)
    ? ({ fields }: AirtableRecord) => String(fields['Status'] ?? '').startsWith('Completed')
    : undefined;
}

/** Undefined for an offset that no list gave out, or whose list is gone. */
function startOf(offset: string | undefined): number | undefined {
  if (offset === undefined) return 0;
  const position = /^itr(\d+)$/.exec(offset)?.[1];
  return position === undefined ? undefined : Number(position);
}

function getRecord(base: AirtableBase, { params }: VendorCall): VendorAnswer {
  const record = base.records(params['table'] ?? '').find(({ id }) => id === params['record']);
  return record === undefined ? noRecord() : done(record);
}

function createRecords(base: AirtableBase, call: VendorCall): VendorAnswer {
  const given = listOf(fieldsOf(call.json())['records']);
  const records = given.map((record) =>
    base.add(call.params['table'] ?? '', fieldsOf(fieldsOf(record)['fields'])),
  );
  return done({ records });
}

function changeRecord(base: AirtableBase, call: VendorCall): VendorAnswer {
  const { table = '', record = '' } = call.params;
  const changed = base.change(table, record, fieldsOf(fieldsOf(call.json())['fields']));
  return changed === undefined ? noRecord() : done(changed);
}

/** All or none, as in the real one. */
function changeRecords(base: AirtableBase, call: VendorCall): VendorAnswer {
  const table = call.params['table'] ?? '';
  const wanted = listOf(fieldsOf(call.json())['records']).map((record) => ({
    id: textOf(fieldsOf(record)['id']) ?? '',
    fields: fieldsOf(fieldsOf(record)['fields']),
  }));
  const known = new Set(base.records(table).map(({ id }) => id));
  if (wanted.some(({ id }) => !known.has(id))) return noRecord();
  return done({ records: wanted.map(({ id, fields }) => base.change(table, id, fields)) });
}

function noRecord(): VendorAnswer {
  return refused(404, errorBody(404, 'Record not found'));
}

function errorBody(status: number, message: string): unknown {
  const types: Readonly<Record<number, string>> = {
    401: 'AUTHENTICATION_REQUIRED',
    404: 'NOT_FOUND',
    422: 'INVALID_FILTER_BY_FORMULA',
    429: 'RATE_LIMIT_REACHED',
  };
  return error(types[status] ?? 'SERVER_ERROR', message);
}

function error(type: string, message: string): unknown {
  return { error: { type, message } };
}
