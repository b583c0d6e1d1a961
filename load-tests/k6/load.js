// @ts-check
import { ledgerThresholds, serverTime } from './ledger.js';
import { newNumbers } from './orders.js';

/**
 * Requests due at fixed times, whatever the answers do. `-e DURATION=10s` and `-e RATE=600` (a minute) change a run.
 * @param {{ perMinute: number, duration?: string }} usual
 */
export function steadily({ perMinute, duration = '60s' }) {
  return /** @type {const} */ ({
    executor: 'constant-arrival-rate',
    rate: Number(__ENV.RATE || perMinute),
    timeUnit: '1m',
    duration: __ENV.DURATION || duration,
    // One that must first be made comes too late for its iteration.
    preAllocatedVUs: 300,
    maxVUs: 300,
  });
}

/** What every run holds, with room for setup and teardown. */
export const always = {
  setupTimeout: '5m',
  teardownTimeout: '10m',
  thresholds: {
    ...ledgerThresholds,
    checks: ['rate>0.999'],
    // A load that was not offered says nothing about how it was taken.
    dropped_iterations: ['count==0'],
  },
};

/** The `setup` of every script that posts orders. */
export async function newRun() {
  return { ...newNumbers(), since: await serverTime() };
}
