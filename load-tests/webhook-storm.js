// @ts-check
import exec from 'k6/execution';
import { closeLedger } from './k6/ledger.js';
import { always, newRun } from './k6/load.js';
import { deliver, orderBody } from './k6/orders.js';

/** Orders a second at the height of the storm. */
const peak = Number(__ENV.PEAK || 300);
const hold = __ENV.DURATION || '15s';

/** Out of calm to a height that the worker cannot drain at once, and again: back-pressure may refuse, nothing may be lost. */
export const options = {
  ...always,
  scenarios: {
    storm: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnit: '1s',
      preAllocatedVUs: 300,
      maxVUs: 1500,
      stages: [
        { target: peak, duration: '3s' },
        { target: peak, duration: hold },
        { target: Math.ceil(peak / 10), duration: '1s' },
        { target: Math.ceil(peak / 10), duration: '3s' },
        { target: peak, duration: '1s' },
        { target: peak, duration: hold },
      ],
    },
  },
  // Of a 503 the shop hears again later: what must hold is that each order gets its 200 in the end (`checks`).
  thresholds: {
    ...always.thresholds,
    checks: ['rate==1'],
    'http_req_duration{scenario:storm}': ['p(95)<1000'],
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
