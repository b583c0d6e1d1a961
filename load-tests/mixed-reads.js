// @ts-check
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { closeLedger, settled } from './k6/ledger.js';
import { always, newRun, steadily } from './k6/load.js';
import { deliver, deliverFirst, orderBody, orderId } from './k6/orders.js';
import { api, system } from './k6/system.js';

const known = Number(__ENV.ORDERS || 500);

/** What people and partners ask, with orders coming in meanwhile: of 20 requests 10 one order, 4 pages, ... 1 a new order. */
export const options = {
  ...always,
  scenarios: { mix: steadily({ perMinute: 5000 }) },
  thresholds: {
    ...always.thresholds,
    'http_req_failed{scenario:mix}': ['rate<0.001'],
    'http_req_duration{name:order}': ['p(95)<100'],
    'http_req_duration{name:page}': ['p(95)<200'],
    'http_req_duration{name:timeline}': ['p(95)<200'],
    'http_req_duration{name:messages}': ['p(95)<200'],
    'http_req_duration{name:search}': ['p(95)<300'],
    'http_req_duration{name:stats}': ['p(95)<300'],
  },
};

export async function setup() {
  const run = await newRun();
  await deliverFirst(run, known);
  await settled(run.since);
  return run;
}

/** @param {import('./k6/orders.js').Run} run */
export default async function (run) {
  const nth = exec.scenario.iterationInTest;
  const id = orderId(run, nth % known);
  const turn = nth % 20;
  if (turn < 10) await read('order', `/orders/${id}`, 'orderId', id);
  else if (turn < 14) await read('page', '/orders?branch=il&cursor=&perPage=50');
  else if (turn < 16) await read('timeline', `/orders/${id}/timeline`);
  else if (turn < 17) await read('messages', `/messages?orderId=${id}`);
  else if (turn < 18) await search(id);
  else if (turn < 19) await read('stats', '/orders/stats?period=day');
  else await deliver(orderBody(run, known + nth));
}

/** @param {import('./k6/orders.js').Run} run */
export async function teardown(run) {
  await closeLedger(run);
}

/**
 * @param {string} name @param {string} path
 * @param {string} [field] of the answer that must be `value`
 * @param {string} [value]
 */
async function read(name, path, field, value) {
  const params = { headers: { 'X-API-Key': system.adminApiKey }, tags: { name } };
  const answer = await http.asyncRequest('GET', api + path, null, params);
  const isRight = () => field === undefined || Object(answer.json()).data[field] === value;
  check(answer, { [`${name} is answered`]: ({ status }) => status === 200 && isRight() });
}

/** @param {string} id */
async function search(id) {
  const field = { field: 'email', op: 'contains', value: id };
  const where = { all: [{ field: 'branch', op: 'eq', value: 'il' }, field] };
  const headers = { 'X-API-Key': system.adminApiKey, 'Content-Type': 'application/json' };
  const params = { headers, tags: { name: 'search' } };
  const answer = await http.asyncRequest('POST', `${api}/orders/search`, JSON.stringify({ where }), params);
  const found = () => Object(answer.json()).data.length === 1;
  check(answer, { 'search finds the one order': ({ status }) => status === 200 && found() });
}
