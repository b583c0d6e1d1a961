// @ts-check
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import { api, system } from './system.js';
import { countAnswered } from './ledger.js';

/**
 * One paid order of 2 KB as the shop posts it; everybody in it is invented.
 *
 * @typedef {{ orders: string, phones: number, since: string }} Run what `setup` hands to every iteration: beginning of
 *   the run's order ids, the first of its phones, the server's time before its first order
 */

const { form, applicant, payment } = JSON.parse(open(import.meta.resolve('../invented-order.json')));
/** As long as real ones are: an order has 2 KB. */
const referrer = `https://search.example.test/?q=${'x'.repeat(520)}`;

const refused = new Counter('orders_refused');

/** How often the shop sends an order that got a 503. */
const TRIES = 5;
/** So that a system that is being set up is not stormed already. */
const atOnce = 25;

/** Numbers that no other run of the day has: they follow the clock. */
export function newNumbers() {
  const now = new Date();
  const day = now.toISOString().slice(2, 10).replaceAll('-', '');
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  const second = String(Math.floor((now.getTime() - midnight) / 1000)).padStart(5, '0');
  return { orders: `IL${day}IN${second}`, phones: Math.floor(now.getTime() / 1000) * 1000 };
}

/** @param {Run} run @param {number} nth */
export function orderId(run, nth) {
  return run.orders + String(nth).padStart(6, '0');
}

/**
 * Every number of the prefix 53 is a valid mobile number.
 * @param {Run} run @param {number} nth
 */
export function orderPhone(run, nth) {
  return `97253${String((run.phones + nth) % 10_000_000).padStart(7, '0')}`;
}

/** @param {Run} run @param {number} nth */
export function orderBody(run, nth) {
  const id = orderId(run, nth);
  const formId = `frm_${id.slice(2)}`;
  const phone = { code: '972', number: `0${orderPhone(run, nth).slice(3)}` };
  const client = { ...form.client, email: `dana.${id}@example.test`, phone };
  const applicants = [{ ...applicant, id: `apl_${id.slice(2)}` }];
  return JSON.stringify({
    form: { ...form, id: formId, client, applicants, meta: { ...form.meta, referrer } },
    order: { ...payment, id, form_id: formId, payment_id: `pi_TEST${id}` },
  });
}

/**
 * Posts an order as the shop does: what is answered 503 is sent again when its `Retry-After` has passed. Each 200 is a
 * promise that the ledger is held to at the end.
 *
 * @param {string} body
 * @returns {Promise<string | undefined>} what it was answered: `accepted`, `duplicate`, `changed`
 */
export async function deliver(body) {
  const headers = { 'X-API-Key': system.viziApiKey, 'Content-Type': 'application/json' };
  for (let tries = 1; ; tries += 1) {
    const answer = await http.asyncRequest('POST', `${api}/webhooks/vizi/orders`, body, { headers });
    if (answer.status === 503 && tries < TRIES) {
      refused.add(1);
      await seconds(Number(answer.headers['Retry-After']));
      continue;
    }
    if (!check(answer, { 'order answered 200': ({ status }) => status === 200 })) return undefined;
    countAnswered();
    return String(Object(answer.json()).data.status);
  }
}

/**
 * Posts the first `count` orders, some at a time.
 * @param {Run} run @param {number} count
 */
export async function deliverFirst(run, count) {
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => from + index);
    await Promise.all(some.map((nth) => deliver(orderBody(run, nth))));
  }
}

/** @param {number} count */
function seconds(count) {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), count * 1000));
}
