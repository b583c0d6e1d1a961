import { nothingUncertain, type Scenario, type VendorFault } from '../scenario.ts';

const cbb = (mode: string, rate: number, more: Partial<VendorFault> = {}): VendorFault => ({
  vendor: 'cbb',
  mode,
  rate,
  ...more,
});
const ofSend = { match: 'send_content' };

/** A call that hangs is given up after this long, so that a run has time for many of them. */
const env = { CBB_TIMEOUT: '2000' };

// What fails is tried again after up to 30 s, so the last such try may come that long after the vendor is well again.
const untilTheLastTry = { ...nothingUncertain, uncertain: ['vendor'], quietWithinSeconds: 75 } as const;

/** Vendors and Meta's receipts that do not behave, and what the shop itself does. */
export const vendorScenarios: readonly Scenario[] = [
  {
    name: 'F5',
    promise:
      'CBB: 30 % 5xx, 429 with and without `Retry-After`, `timeout-after-accept`, `success:false` in a 200, empty-contact answers',
    env,
    load: { ordersPerSecond: 8, seconds: 40 },
    faults: [
      {
        kind: 'vendor',
        faults: [
          cbb('error-5xx', 0.3),
          cbb('rate-limited', 0.1),
          cbb('timeout-after-accept', 0.15, ofSend),
          cbb('success-false', 0.05),
          cbb('empty-contact', 0.2, { match: 'GET /contacts' }),
        ],
        until: 1,
      },
    ],
    allowed: untilTheLastTry,
  },
  {
    name: 'F6',
    promise:
      'Each order delivered 5 × in parallel; redelivery with changed content; two orders of one phone 50 ms apart',
    workers: 2,
    load: { ordersPerSecond: 12, seconds: 30, copies: 5, changed: 0.3, sharedPhones: 0.5 },
    faults: [],
    allowed: nothingUncertain,
  },
  {
    name: 'F7',
    promise:
      "Receipts before the send's response, out of order, duplicated, batched, unknown, lost; two messages of one phone of which one never went out: it must not become `read`",
    env,
    load: { ordersPerSecond: 12, seconds: 40, sharedPhones: 0.6 },
    faults: [
      {
        kind: 'vendor',
        faults: [
          cbb('error-5xx', 0.1, ofSend),
          cbb('timeout-after-accept', 0.1, ofSend),
          cbb('slow-after-accept', 0.4, { ...ofSend, delayMs: 700 }),
          cbb('receipts-out-of-order', 0.25),
          cbb('receipts-duplicated', 0.25),
          cbb('receipts-batched', 0.3),
          cbb('receipts-lost', 0.2),
        ],
        until: 1,
      },
      { kind: 'stranger-receipts', times: 10, window: [0.05, 0.95] },
    ],
    allowed: { ...nothingUncertain, uncertain: ['vendor'], receipts: 'some' },
  },
  {
    name: 'uncertain-10',
    promise:
      'F2 with `timeout-after-accept` on 10 % of sends: zero customers get two confirmations; every uncertain message is settled by its receipt within the run, or listed',
    // Receipts come after we have given up waiting for the answer, so that they find the message in doubt.
    env: { ...env, SANDBOX_RECEIPT_DELAYS_MS: '4000,4500,5000' },
    load: { ordersPerSecond: 15, seconds: 60 },
    faults: [
      { kind: 'vendor', faults: [cbb('timeout-after-accept', 0.1, ofSend)], until: 1 },
      {
        kind: 'end-process',
        signal: 'SIGKILL',
        victims: ['worker'],
        times: 6,
        window: [0.05, 0.95],
        amidSend: 0.5,
      },
    ],
    allowed: { ...nothingUncertain, uncertain: ['vendor', 'death'] },
  },
];
