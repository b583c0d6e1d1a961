// @ts-check
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import { closeLedger } from './k6/ledger.js';
import { always, newRun, steadily } from './k6/load.js';
import { deliver, orderBody } from './k6/orders.js';
import { api, system } from './k6/system.js';

const orders = steadily({ perMinute: 5000, duration: '10m' });
/** Seconds between two looks. */
const pause = 5;

const latest = new Trend('oldest_open_seconds');
const grown = new Trend('memory_growth_mb');
/** A threshold over no samples holds: these say that there were some. */
const looks = new Counter('memory_looks');
/** @type {Map<string, number>} by process: its memory when it was warm. The one who looks is always the same VU. */
const warm = new Map();

/** The rate of `api-performance.js` for ten minutes: what grows slowly is seen here. */
export const options = {
  ...always,
  scenarios: {
    orders,
    watch: {
      executor: 'constant-arrival-rate',
      exec: 'watch',
      rate: 1,
      timeUnit: `${pause}s`,
      duration: orders.duration,
      preAllocatedVUs: 1,
      maxVUs: 1,
    },
  },
  thresholds: {
    ...always.thresholds,
    dropped_iterations: [],
    'dropped_iterations{scenario:orders}': ['count==0'],
    'http_req_failed{scenario:orders}': ['rate<0.001'],
    'http_req_duration{part:first}': ['p(95)<200'],
    'http_req_duration{part:last}': ['p(95)<200'],
    oldest_open_seconds: ['max<30'],
    'memory_looks{process:backend}': ['count>0'],
    'memory_looks{process:worker}': ['count>0'],
    'memory_growth_mb{process:backend}': ['p(90)<40'],
    'memory_growth_mb{process:worker}': ['p(90)<40'],
  },
};

export const setup = newRun;

/** @param {import('./k6/orders.js').Run} run */
export default async function (run) {
  exec.vu.metrics.tags.part = exec.scenario.progress < 0.5 ? 'first' : 'last';
  await deliver(orderBody(run, exec.scenario.iterationInTest));
}

/** @param {import('./k6/orders.js').Run} run */
export async function watch(run) {
  const headers = { 'X-API-Key': system.adminApiKey };
  const recent = new Date(Date.now() - 120_000).toISOString();
  const from = recent > run.since ? recent : run.since;
  const answer = await http.asyncRequest('GET', `${api}/ledger/balance?from=${from}`, null, { headers });
  if (!check(answer, { 'the ledger answers': ({ status }) => status === 200 })) return;
  latest.add(Object(answer.json()).data.oldestOpenSeconds ?? 0);
  await Promise.all([look('backend', system.backendUrl), look('worker', system.workerUrl)]);
}

/** @param {import('./k6/orders.js').Run} run */
export async function teardown(run) {
  await closeLedger(run);
}

/** @param {string} process @param {string} url */
async function look(process, url) {
  const headers = { 'X-API-Key': system.adminApiKey };
  const answer = await http.asyncRequest('GET', `${url}/metrics`, null, { headers });
  const bytes = /^process_resident_memory_bytes (\d+)/m.exec(String(answer.body));
  if (!check(bytes, { 'memory is told': (found) => found !== null })) return;
  const megabytes = Number(bytes?.[1]) / 1_048_576;
  const before = warm.get(process);
  if (before !== undefined) {
    looks.add(1, { process });
    grown.add(megabytes - before, { process });
  }
  // The first third is warming up: compilation, pools, caches.
  else if (exec.scenario.progress > 1 / 3) warm.set(process, megabytes);
}
