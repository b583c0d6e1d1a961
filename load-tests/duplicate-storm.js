// @ts-check
import { check } from 'k6';
import exec from 'k6/execution';
import { closeLedger } from './k6/ledger.js';
import { always, newRun, steadily } from './k6/load.js';
import { deliver, deliverFirst, orderBody } from './k6/orders.js';

const known = Number(__ENV.ORDERS || 1000);

/** The same orders over and over, as a shop does that hears no answer: each is stored once, and told once. */
export const options = {
  ...always,
  scenarios: { copies: steadily({ perMinute: 12_000 }) },
  thresholds: {
    ...always.thresholds,
    'http_req_duration{scenario:copies}': ['p(95)<200'],
    'http_req_failed{scenario:copies}': ['rate<0.001'],
  },
};

export async function setup() {
  const run = await newRun();
  await deliverFirst(run, known);
  return run;
}

/** @param {import('./k6/orders.js').Run} run */
export default async function (run) {
  const outcome = await deliver(orderBody(run, exec.scenario.iterationInTest % known));
  check(outcome, { 'a copy is called a duplicate': (word) => word === 'duplicate' });
}

/** @param {import('./k6/orders.js').Run} run */
export async function teardown(run) {
  await closeLedger(run, { stored: known });
}
