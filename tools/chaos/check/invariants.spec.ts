import { describe, expect, it } from '@jest/globals';
import { nothingUncertain } from '../scenario.ts';
import type { DeliveryRow, EffectRow, Evidence, PostedBody } from './evidence.ts';
import { invariants } from './invariants.ts';

const orderId = 'IL260105IN1';
const phone = '972500000001';

const body: PostedBody = {
  planned: {
    orderId,
    hash: 'aa',
    copies: 1,
    contact: phone,
    confirmed: true,
    test: false,
    email: 'Dana@example.test',
  },
  answers: [{ status: 200, deliveryId: 'd1' }],
};
const delivery: DeliveryRow = {
  id: 'd1',
  orderId,
  hash: 'aa',
  outcome: 'accepted',
  state: 'applied',
  repeats: 0,
  position: 1,
  receivedAt: 1_000,
};
const confirmation: EffectRow = {
  id: 'e2',
  orderId,
  kind: 'message',
  key: `message:order_confirmation:${orderId}`,
  state: 'accepted',
  reason: null,
  attempt: 1,
  endedAt: 2_000,
  receipt: 'read',
};
const contact: EffectRow = {
  ...confirmation,
  id: 'e1',
  kind: 'contact',
  key: `contact:${orderId}:1`,
  receipt: null,
};
const doubt = { orderId, claimedAt: 5_000, uncertainAt: 30_000 };
const death = {
  name: 'worker',
  how: 'SIGKILL',
  at: 6_000,
  endedAt: 6_010,
  end: 'worker ended (SIGKILL)',
} as const;
const orderly = { ...death, how: 'SIGTERM', end: 'worker ended (exit code 0)' } as const;

/** One order, delivered once, synced, told and read. */
const tidy: Evidence = {
  allowed: nothingUncertain,
  posted: [body],
  deliveries: [delivery],
  orders: [orderId],
  effects: [contact, confirmation],
  balance: {
    received: 1,
    byState: { fulfilled: 1, duplicate: 0, open: 0, failed: 0, uncertain: 0 },
    uncertain: [],
    violations: [],
  },
  sends: { [orderId]: 1 },
  sendCalls: [{ orderId, at: 1_500, outcome: 'accepted' }],
  contacts: new Map([[phone, { OrderNumber: orderId, Email: 'dana@example.test' }]]),
  doubts: [],
  blows: [],
  causesGone: [],
  quietAfterMs: 100,
  unasked: [],
  pausedQueues: [],
  ownErrors: [],
};

const allowingDeaths: Evidence = {
  ...tidy,
  allowed: { ...nothingUncertain, uncertain: ['death'] },
  blows: [death],
};
const parked: Evidence = {
  ...tidy,
  effects: [contact, { ...confirmation, state: 'uncertain', receipt: null }],
  sends: {},
  balance: { ...tidy.balance, uncertain: [orderId] },
};

type Case = readonly [invariant: string, what: string, evidence: Evidence];

const broken: readonly Case[] = [
  ['what is answered 200 is stored', 'a 200 without a row', { ...tidy, deliveries: [] }],
  [
    'what is answered 200 is stored',
    'a 200 that names another delivery',
    { ...tidy, posted: [{ ...body, answers: [{ status: 200, deliveryId: 'd9' }] }] },
  ],
  [
    'what is answered 200 is stored',
    'a body that was never taken',
    { ...tidy, posted: [{ ...body, answers: [{ status: 503, deliveryId: undefined }] }] },
  ],
  [
    'repeats are counted',
    'a repeat that nobody sent',
    { ...tidy, deliveries: [{ ...delivery, repeats: 1 }] },
  ],
  [
    'repeats are counted',
    'a repeat that was not counted',
    { ...tidy, posted: [{ ...body, answers: [...body.answers, ...body.answers] }] },
  ],
  [
    'every delivery and effect comes to an end',
    'a delivery set aside for a person',
    { ...tidy, deliveries: [{ ...delivery, state: 'failed' }] },
  ],
  [
    'every delivery and effect comes to an end',
    'a claim of nobody',
    { ...tidy, effects: [contact, { ...confirmation, state: 'claimed' }] },
  ],
  ['one order per order id', 'a lost order', { ...tidy, orders: [] }],
  ['one order per order id', 'a doubled order', { ...tidy, orders: [orderId, orderId] }],
  ['one order per order id', 'an invented order', { ...tidy, orders: [orderId, 'IL260105IN2'] }],
  [
    'one effect per semantic key',
    'a confirmation planned twice',
    { ...tidy, effects: [contact, confirmation, { ...confirmation, id: 'e3' }] },
  ],
  ['at most one confirmation per order', 'a customer told twice', { ...tidy, sends: { [orderId]: 2 } }],
  ['told or visibly parked', 'a confirmation that counts as sent and was not', { ...tidy, sends: {} }],
  ['told or visibly parked', 'a missing confirmation', { ...tidy, effects: [contact] }],
  [
    'told or visibly parked',
    'a customer told without consent',
    { ...tidy, posted: [{ ...body, planned: { ...body.planned, confirmed: false } }] },
  ],
  [
    'nothing is known that is not so',
    'a receipt taken for a message that never went out',
    { ...parked, effects: [contact, { ...confirmation, state: 'uncertain', receipt: 'read' }] },
  ],
  [
    'receipts arrive',
    'a message whose receipts were lost',
    { ...tidy, effects: [contact, { ...confirmation, receipt: 'sent' }] },
  ],
  [
    'contacts hold the newest values',
    'a customer whom the CRM does not know',
    { ...tidy, contacts: new Map() },
  ],
  [
    'contacts hold the newest values',
    'an older value',
    { ...tidy, contacts: new Map([[phone, { OrderNumber: orderId, Email: 'older@example.test' }]]) },
  ],
  ['the ledger balances', 'a sum that differs', { ...tidy, balance: { ...tidy.balance, received: 2 } }],
  [
    'the ledger balances',
    'a violation',
    { ...tidy, balance: { ...tidy.balance, violations: [{ orderId, problem: 'missing' }] } },
  ],
  ['uncertain only as allowed', 'a doubt where none is allowed', { ...parked, doubts: [doubt] }],
  [
    'uncertain only as allowed',
    'a message claimed long before the kill',
    { ...allowingDeaths, doubts: [{ ...doubt, claimedAt: 100 }] },
  ],
  [
    'uncertain only as allowed',
    'a message claimed after the kill',
    { ...allowingDeaths, doubts: [{ ...doubt, claimedAt: 7_000 }] },
  ],
  [
    'uncertain only as allowed',
    'more doubts than a worker has in flight',
    {
      ...allowingDeaths,
      doubts: Array.from({ length: 11 }, (_, n) => ({ ...doubt, orderId: `IL260105IN${n}` })),
    },
  ],
  [
    'uncertain only as allowed',
    'one that the ledger does not list',
    { ...parked, balance: { ...tidy.balance, uncertain: [] } },
  ],
  ['quiet in time', 'work that stays open', { ...tidy, quietAfterMs: undefined }],
  [
    'no other statuses',
    'a 500',
    { ...tidy, posted: [{ ...body, answers: [{ status: 500, deliveryId: undefined }, ...body.answers] }] },
  ],
  [
    'processes end only when asked, in time',
    'a process that broke',
    { ...tidy, unasked: ['worker ended (exit code 1)'] },
  ],
  [
    'processes end only when asked, in time',
    'one that took too long to end',
    { ...tidy, blows: [{ ...orderly, endedAt: orderly.at + 20_001 }] },
  ],
  [
    'processes end only when asked, in time',
    'one that ended by an error',
    { ...tidy, blows: [{ ...orderly, end: 'worker ended (exit code 1)' }] },
  ],
  ['no shared state changed', 'a paused queue', { ...tidy, pausedQueues: ['bull:cbb:meta'] }],
  ['no error of our own', 'a line that blames us', { ...tidy, ownErrors: ['{"code":"INTERNAL_ERROR"}'] }],
];

const holding: readonly (readonly [what: string, evidence: Evidence])[] = [
  ['one order told and read', tidy],
  [
    'a message listed as uncertain whose worker was killed while it was sent',
    { ...parked, ...pick(allowingDeaths), doubts: [doubt] },
  ],
  ['an orderly end of a process', { ...tidy, blows: [orderly] }],
  [
    'a try without an answer that was stored all the same',
    {
      ...tidy,
      posted: [{ ...body, answers: [{ status: 0, deliveryId: undefined }, ...body.answers] }],
      deliveries: [{ ...delivery, repeats: 1 }],
      balance: { ...tidy.balance, received: 2, byState: { ...tidy.balance.byState, duplicate: 1 } },
      allowed: { ...nothingUncertain, statuses: [0] },
    },
  ],
];

function pick({ allowed, blows }: Evidence): Pick<Evidence, 'allowed' | 'blows'> {
  return { allowed, blows };
}

describe('the invariants', () => {
  it.each(holding)('all hold for %s', (_, evidence) => {
    const found = Object.entries(invariants).map(([name, check]) => [name, check(evidence)]);
    expect(found.filter(([, findings]) => findings?.length !== 0)).toEqual([]);
  });

  it.each(broken)('"%s" finds %s', (name, _, evidence) => {
    expect(invariants[name]?.(evidence)).not.toEqual([]);
  });

  it('have each been seen to fail', () => {
    const seen = new Set(broken.map(([name]) => name));
    expect(Object.keys(invariants).filter((name) => !seen.has(name))).toEqual([]);
  });
});
