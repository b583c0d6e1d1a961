import { nothingUncertain, type Fault, type Scenario } from '../scenario.ts';

/** A vendor that answers after it has acted: the moment that a kill must be able to strike. */
const tardyVendor = (delayMs: number): Fault => ({
  kind: 'vendor',
  faults: [{ vendor: 'cbb', match: 'send_content', mode: 'slow-after-accept', delayMs }],
  until: 1,
});

const deaths = { ...nothingUncertain, uncertain: ['death'] } as const;

/** Processes that are killed, stopped and replaced. */
export const processScenarios: readonly Scenario[] = [
  {
    name: 'F1',
    promise: '`kill -9` the backend 10 × during a burst',
    load: { ordersPerSecond: 20, seconds: 90 },
    faults: [
      { kind: 'end-process', signal: 'SIGKILL', victims: ['backend'], times: 10, window: [0.02, 0.98] },
    ],
    // Whoever was connected gets no answer, whoever comes before the next one listens is refused.
    allowed: { ...nothingUncertain, statuses: [0, 503] },
  },
  {
    name: 'F2',
    promise:
      "`kill -9` the worker 20 × at random moments, including between a vendor's acceptance and our record of it",
    load: { ordersPerSecond: 12, seconds: 170 },
    faults: [
      tardyVendor(250),
      {
        kind: 'end-process',
        signal: 'SIGKILL',
        victims: ['worker'],
        times: 20,
        window: [0.02, 0.98],
        amidSend: 0.5,
      },
    ],
    allowed: deaths,
  },
  {
    name: 'F8-kill',
    promise: 'Two workers and two backends at once, one of each killed',
    workers: 2,
    backends: 2,
    load: { ordersPerSecond: 30, seconds: 30 },
    faults: [
      tardyVendor(150),
      { kind: 'end-process', signal: 'SIGKILL', victims: ['worker-2'], times: 1, window: [0.2, 0.4] },
      { kind: 'end-process', signal: 'SIGKILL', victims: ['backend-2'], times: 1, window: [0.5, 0.7] },
    ],
    allowed: { ...deaths, statuses: [0, 503] },
  },
  {
    name: 'F8-rolling',
    promise: 'Two workers and two backends at once: rolling restart under load',
    workers: 2,
    backends: 2,
    load: { ordersPerSecond: 30, seconds: 40 },
    faults: [
      tardyVendor(150),
      {
        kind: 'end-process',
        signal: 'SIGTERM',
        victims: ['backend', 'backend-2', 'worker', 'worker-2'],
        choose: 'in-turn',
        times: 4,
        window: [0.05, 0.95],
      },
    ],
    allowed: { ...nothingUncertain, statuses: [0, 503] },
  },
  {
    name: 'F10',
    promise:
      'SIGTERM of each process under load: in-flight work ends or is retried, exit within its deadline, no shared state changed',
    load: { ordersPerSecond: 25, seconds: 40 },
    faults: [
      tardyVendor(150),
      {
        kind: 'end-process',
        signal: 'SIGTERM',
        victims: ['backend', 'worker'],
        choose: 'in-turn',
        times: 6,
        window: [0.05, 0.95],
      },
    ],
    allowed: { ...nothingUncertain, statuses: [0, 503] },
  },
  {
    name: 'random-kills',
    promise: 'Two workers, each killed at random for 5 min at 20 orders/s',
    workers: 2,
    load: { ordersPerSecond: 20, seconds: 300 },
    faults: [
      tardyVendor(150),
      { kind: 'end-process', signal: 'SIGKILL', victims: ['worker'], times: 25, window: [0.01, 1] },
      { kind: 'end-process', signal: 'SIGKILL', victims: ['worker-2'], times: 25, window: [0.01, 1] },
    ],
    allowed: deaths,
  },
  {
    name: 'frozen-worker',
    promise: 'A worker frozen for 20 s: its work is taken over, and its late answers overwrite nobody',
    workers: 2,
    load: { ordersPerSecond: 15, seconds: 30, changed: 0.2, sharedPhones: 0.2 },
    faults: [
      tardyVendor(250),
      { kind: 'freeze-process', victim: 'worker-2', window: [0.2, 0.3], forMs: 20_000 },
    ],
    allowed: deaths,
  },
];
