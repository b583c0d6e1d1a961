// @ts-check
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import { api, system } from './system.js';

/**
 * A run is as good as what the ledger says afterwards. What teardown finds goes into counters with thresholds: k6 fails
 * (status 99) when one is crossed, and also when teardown broke before it could say anything.
 *
 * @typedef {'fulfilled' | 'duplicate' | 'skipped' | 'rejected' | 'failed' | 'uncertain' | 'open'} State
 * @typedef {{ received: number, byState: Record<State, number>, violations: unknown[] }} Balance
 * @typedef {import('./orders.js').Run} Run
 */
const closed = new Counter('ledger_closed');
const unaccounted = new Counter('ledger_unaccounted');
const leftOpen = new Counter('ledger_left_open');
const wrong = new Counter('ledger_wrong');
const notTold = new Counter('ledger_not_told_once');
const extra = new Counter('ledger_extra_deliveries');

export const ledgerThresholds = {
  ledger_closed: ['count==1'],
  // Each answer of 200 adds one, teardown takes off what the ledger received. Below zero: a delivery was stored whose
  // answer got lost on the way, and its repeat counted too.
  ledger_unaccounted: ['count<=0'],
  ledger_left_open: ['count==0'],
  ledger_wrong: ['count==0'],
  ledger_not_told_once: ['count==0'],
  ledger_extra_deliveries: ['count==0'],
};

/** How long the last order may take after the last request. */
export const patience = Number(__ENV.LEDGER_PATIENCE || 180);

/** An order was answered 200. */
export function countAnswered() {
  unaccounted.add(1);
}

/** The server's time: what the run sends comes after it. */
export async function serverTime() {
  const answer = await get(`${api}/ledger/balance?from=${new Date().toISOString()}`);
  return String(answer.meta.timestamp);
}

/**
 * Resolves when nothing of the run is open, or when patience has ended.
 * @param {string} since
 * @returns {Promise<Balance>}
 */
export async function settled(since) {
  const until = Date.now() + patience * 1000;
  for (;;) {
    const balance = (await get(`${api}/ledger/balance?from=${since}`)).data;
    if (balance.byState.open === 0 || Date.now() > until) return balance;
    await new Promise((resolve) => setTimeout(() => resolve(undefined), 1000));
  }
}

/**
 * The end of every run: waits until nothing is open, then counts against the promises what is not as it must be.
 * @param {Run} run
 * @param {{ stored?: number }} [expected] how many deliveries the run may have left, repeats not counted
 */
export async function closeLedger(run, expected = {}) {
  const balance = await settled(run.since);
  const { open, duplicate, failed, uncertain, rejected, skipped, fulfilled } = balance.byState;
  console.log(`ledger since ${run.since}: ${JSON.stringify(balance)}`);
  unaccounted.add(-balance.received);
  leftOpen.add(open);
  // Every order of these runs has a valid phone and consent: none may end otherwise.
  wrong.add(failed + uncertain + rejected + skipped + balance.violations.length);
  notTold.add(await notToldOnce(run, fulfilled));
  if (expected.stored !== undefined) extra.add(Math.abs(balance.received - duplicate - expected.stored));
  closed.add(1);
}

/**
 * What the simulated CRM took, beside what we say of it: one confirmation per fulfilled order.
 * @param {Run} run @param {number} fulfilled
 */
async function notToldOnce(run, fulfilled) {
  const { confirmationsByOrder } = await get(`${system.sandboxUrl}/_control/sends`);
  const ours = Object.entries(confirmationsByOrder).filter(([id]) => id.startsWith(run.orders));
  const twice = ours.filter(([, count]) => count !== 1).length;
  return twice + Math.max(0, fulfilled - ours.length);
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
async function get(url) {
  const answer = await http.asyncRequest('GET', url, null, { headers: { 'X-API-Key': system.adminApiKey } });
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.body}`);
  return answer.json();
}
