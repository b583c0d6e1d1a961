// @ts-check
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import { closeLedger, patience, settled } from './k6/ledger.js';
import { always, newRun, steadily } from './k6/load.js';
import { signed } from './k6/meta.js';
import { deliverFirst, orderPhone } from './k6/orders.js';
import { api, system } from './k6/system.js';

/** Statuses in one body, as many as Meta puts there when it has much to tell. */
const batch = 50;
const known = Number(__ENV.ORDERS || 500);
/** The kinds of status in the order they come in: not that in which they happened, and again. */
const rounds = /** @type {const} */ (['delivered', 'sent', 'read', 'sent', 'delivered', 'read']);

const notRead = new Counter('messages_not_read');

/** 1,000 statuses a second in signed bodies of 50: Meta gets its answer at once, no message falls back, none is missed. */
export const options = {
  ...always,
  scenarios: { receipts: steadily({ perMinute: 1200 }) },
  thresholds: {
    ...always.thresholds,
    messages_not_read: ['count==0'],
    'http_req_failed{scenario:receipts}': ['rate<0.001'],
    'http_req_duration{scenario:receipts}': ['med<250', 'p(99)<1000'],
  },
};

export async function setup() {
  const run = await newRun();
  // The sandbox keeps its own receipts to itself: what is told of these messages is told here.
  const fault = { vendor: 'cbb', match: 'send_content', mode: 'receipts-lost', times: known };
  const headers = { 'Content-Type': 'application/json' };
  await http.asyncRequest('POST', `${system.sandboxUrl}/_control/faults`, JSON.stringify(fault), { headers });
  await deliverFirst(run, known);
  await settled(run.since);
  return run;
}

/** @param {import('./k6/orders.js').Run} run */
export default async function (run) {
  await tell(run, exec.scenario.iterationInTest);
}

/** @param {import('./k6/orders.js').Run} run */
export async function teardown(run) {
  // A short run has not come to every status of every message.
  for (let nth = 0; nth < Math.ceil(known / batch) * rounds.length; nth += 1) await tell(run, nth);
  const until = Date.now() + patience * 1000;
  let read = await countRead(run.since);
  while (read < known && Date.now() < until) {
    await new Promise((resolve) => setTimeout(() => resolve(undefined), 1000));
    read = await countRead(run.since);
  }
  notRead.add(known - read);
  await closeLedger(run);
}

/** @param {import('./k6/orders.js').Run} run @param {number} nth */
async function tell(run, nth) {
  const bodies = Math.ceil(known / batch);
  const first = (nth % bodies) * batch;
  const status = rounds[Math.floor(nth / bodies) % rounds.length] ?? 'sent';
  const messages = Array.from({ length: Math.min(batch, known - first) }, (_, index) => first + index);
  const { body, headers } = signed(
    messages.map((message) => ({
      wamid: `wamid.${run.orders}${message}`,
      phone: orderPhone(run, message),
      status,
    })),
  );
  const answer = await http.asyncRequest('POST', `${api}/webhooks/whatsapp`, body, { headers });
  check(answer, { 'receipts answered 200': ({ status: code }) => code === 200 });
}

/**
 * Messages of the run that are read.
 * @param {string} since
 */
async function countRead(since) {
  let count = 0;
  for (let cursor = ''; ;) {
    const url = `${api}/messages?status=read&perPage=200&cursor=${cursor}`;
    const answer = await http.asyncRequest('GET', url, null, {
      headers: { 'X-API-Key': system.adminApiKey },
    });
    const { data, pagination } = Object(answer.json());
    const ours = data.filter((/** @type {{ plannedAt: string }} */ { plannedAt }) => plannedAt >= since);
    count += ours.length;
    if (ours.length < data.length || pagination.nextCursor === null) return count;
    cursor = pagination.nextCursor;
  }
}
