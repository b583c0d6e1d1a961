// @ts-check
import exec from 'k6/execution';
import { closeLedger } from './k6/ledger.js';
import { always, newRun, steadily } from './k6/load.js';
import { deliver, orderBody } from './k6/orders.js';

/** 5,000 new orders a minute, each of them answered quickly and told to its customer. */
export const options = {
  ...always,
  scenarios: { orders: steadily({ perMinute: 5000 }) },
  thresholds: {
    ...always.thresholds,
    'http_req_duration{scenario:orders}': ['p(95)<200'],
    'http_req_failed{scenario:orders}': ['rate<0.001'],
  },
};

export const setup = newRun;

/** @param {import('./k6/orders.js').Run} run */
export default async function (run) {
  await deliver(orderBody(run, exec.scenario.iterationInTest));
}

/** @param {import('./k6/orders.js').Run} run */
export async function teardown(run) {
  await closeLedger(run);
}
