import type { DeliveryRow, EffectRow, Evidence, PostedBody } from './evidence.ts';
import { unexplainedDoubts } from './doubts.ts';

/** Finds what breaks a promise; each finding begins with the id it is about. */
export type Invariant = (evidence: Evidence) => string[];

const answered = ({ answers }: PostedBody): number => answers.filter(({ status }) => status === 200).length;

/** Everything answered 200 is stored under the id that was told, and everything posted was answered 200 in the end. */
const stored: Invariant = ({ posted, deliveries }) => {
  const byHash = Map.groupBy(deliveries, ({ hash }) => hash);
  return posted.flatMap((body) => {
    const { orderId, hash, copies } = body.planned;
    const rows = byHash.get(hash) ?? [];
    if (answered(body) < copies) return [`${orderId} was never answered 200`];
    if (rows.length !== 1) return [`${orderId} was answered 200 and is stored ${rows.length} times`];
    const told = new Set(body.answers.flatMap(({ deliveryId }) => deliveryId ?? []));
    return told.size === 1 && told.has(rows[0]?.id ?? '')
      ? []
      : [`${orderId} was told ${[...told].join(' and ')}`];
  });
};

/** A try without an answer may have been stored or not. */
const repeatsCounted: Invariant = ({ posted, deliveries }) => {
  const byHash = new Map(deliveries.map((row) => [row.hash, row]));
  return posted.flatMap((body) => {
    const repeats = byHash.get(body.planned.hash)?.repeats ?? 0;
    // Whoever got no 200 does not know: it may have been stored when nobody waited for it any more.
    const unknown = body.answers.filter(({ status }) => status === 0 || status === 503).length;
    const [least, most] = [answered(body) - 1, answered(body) + unknown - 1];
    if (repeats >= least && repeats <= most) return [];
    return [`${body.planned.orderId}: ${answered(body)} answers of 200 and ${repeats} repeats counted`];
  });
};

const terminal: Invariant = ({ deliveries, effects }) => [
  ...deliveries
    .filter(({ state }) => state !== 'applied' && state !== 'closed')
    .map(({ orderId, state, id }) => `${orderId}: delivery ${id} is ${state}`),
  ...effects
    .filter(({ state }) => state === 'planned' || state === 'claimed')
    .map(({ orderId, kind, state, attempt }) => `${orderId}: its ${kind} is ${state}, attempt ${attempt}`),
];

const oneOrder: Invariant = ({ posted, orders }) => {
  const wanted = new Set(posted.filter(({ planned }) => !planned.test).map(({ planned }) => planned.orderId));
  const counts = Map.groupBy(orders, (id) => id);
  return [
    ...[...wanted].filter((id) => !counts.has(id)).map((id) => `${id} has no order`),
    ...[...counts]
      .filter(([, rows]) => rows.length > 1)
      .map(([id, rows]) => `${id} has ${rows.length} orders`),
    ...[...counts.keys()].filter((id) => !wanted.has(id)).map((id) => `${id} is an order that nobody placed`),
  ];
};

/** One confirmation is owed per order, ever, and one contact per version of its content. */
const oneEffect: Invariant = ({ effects }) =>
  [...Map.groupBy(effects, ({ key }) => key)]
    .filter(([, rows]) => rows.length > 1)
    .map(([key, rows]) => `${rows[0]?.orderId}: ${rows.length} effects of ${key}`);

const toldOnce: Invariant = ({ sends }) =>
  Object.entries(sends)
    .filter(([, count]) => count > 1)
    .map(([orderId, count]) => `${orderId} was confirmed ${count} times`);

/** What is owed was done, or is visibly parked; nobody else was told anything. */
const toldAsOwed: Invariant = ({ posted, effects, sends }) => {
  const byOrder = new Map(effects.filter(isMessage).map((row) => [row.orderId, row]));
  return [...new Map(posted.map(({ planned }) => [planned.orderId, planned])).values()].flatMap((order) => {
    const [state, sent] = [byOrder.get(order.orderId)?.state ?? 'missing', sends[order.orderId] ?? 0];
    if (!order.confirmed) return sent === 0 ? [] : [`${order.orderId} is to hear nothing and was told`];
    if (state === 'accepted' && sent === 0) return [`${order.orderId} counts as told and was not`];
    return state === 'accepted' || state === 'uncertain'
      ? []
      : [`${order.orderId}: its confirmation is ${state}`];
  });
};

/** A receipt that was taken for the message of another. */
const knownIsTrue: Invariant = ({ effects, sends }) =>
  effects
    .filter(isMessage)
    .filter(({ receipt, orderId }) => receipt !== null && (sends[orderId] ?? 0) === 0)
    .map(({ orderId, receipt }) => `${orderId} counts as ${receipt} and never went out`);

const receiptsArrive: Invariant = ({ allowed, effects }) =>
  allowed.receipts === 'some'
    ? []
    : effects
        .filter((row) => isMessage(row) && row.state === 'accepted' && row.receipt !== 'read')
        .map(
          ({ orderId, receipt }) => `${orderId} went out and counts as ${receipt ?? 'accepted'}, not as read`,
        );

/** The CRM holds, of each customer, the newest content of the newest order: by the database's order of arrival. */
const newestContact: Invariant = ({ posted, deliveries, contacts }) => {
  const byHash = new Map(deliveries.map((row) => [row.hash, row]));
  const owed = posted.flatMap(({ planned }) => {
    const delivery = byHash.get(planned.hash);
    return planned.contact !== undefined && delivery
      ? [{ ...planned, contact: planned.contact, delivery }]
      : [];
  });
  const wrong = [...Map.groupBy(owed, ({ contact }) => contact)].flatMap(([phone, ofPhone]) => {
    const firsts = ofPhone.filter(({ delivery }) => delivery.outcome === 'accepted');
    const newest = firsts.toSorted(byPosition).at(-1);
    const content = ofPhone
      .filter(({ orderId }) => orderId === newest?.orderId)
      .toSorted(byPosition)
      .at(-1);
    if (!content) return [`${ofPhone[0]?.orderId}: no accepted delivery`];
    const held = contacts.get(phone);
    if (!held) return [`${content.orderId}: the CRM does not know its customer`];
    const differs =
      held['OrderNumber'] !== content.orderId ||
      held['Email']?.toLowerCase() !== content.email.trim().toLowerCase();
    return differs ? [`${content.orderId}: the CRM holds ${held['OrderNumber']} with other content`] : [];
  });
  const known = new Set(owed.map(({ contact }) => contact));
  return [
    ...wrong,
    ...[...contacts.keys()].filter((phone) => !known.has(phone)).map((phone) => `${phone} is nobody's`),
  ];
};

const ledgerBalanced: Invariant = ({ balance }) => {
  const { received, byState, violations } = balance;
  const sum = Object.values(byState).reduce((total, count) => total + count, 0);
  return [
    ...violations.map(({ orderId, problem }) => `${orderId}: the ledger says ${problem}`),
    ...(byState['open'] === 0 ? [] : [`the ledger counts ${byState['open']} open`]),
    ...(byState['failed'] === 0 ? [] : [`the ledger counts ${byState['failed']} failed`]),
    ...(sum === received ? [] : [`the ledger received ${received} and accounts for ${sum}`]),
  ];
};

const quietInTime: Invariant = ({ quietAfterMs, allowed }) =>
  quietAfterMs === undefined
    ? [`work was open ${allowed.quietWithinSeconds} s after the last cause was gone`]
    : [];

const statusesAllowed: Invariant = ({ posted, allowed }) =>
  posted.flatMap(({ planned, answers }) =>
    answers
      .filter(({ status }) => status !== 200 && !allowed.statuses.includes(status))
      .map(({ status }) => `${planned.orderId} was answered ${status === 0 ? 'nothing' : status}`),
  );

const endsInOrder: Invariant = ({ blows, unasked }) => [
  ...unasked.map((line) => line.replace(/, starting it again.*/, ' unasked')),
  ...blows
    .filter(({ how, end, name, at, endedAt = Infinity }) => {
      const deadline = name.startsWith('worker') ? 20_000 : 10_000;
      return how === 'SIGTERM' && !(end?.includes('exit code 0') && endedAt - at <= deadline);
    })
    .map(({ name, end }) => `${name} was asked to end: ${end ?? 'it did not'}`),
];

const nothingPaused: Invariant = ({ pausedQueues }) => pausedQueues.map((key) => `${key} is paused`);

/** What is away or slow is a reason to wait: no job is blamed for it, no delivery set aside. */
const noErrorOfOurs: Invariant = ({ ownErrors }) => [...ownErrors];

export const invariants: Readonly<Record<string, Invariant>> = {
  'what is answered 200 is stored': stored,
  'repeats are counted': repeatsCounted,
  'every delivery and effect comes to an end': terminal,
  'one order per order id': oneOrder,
  'one effect per semantic key': oneEffect,
  'at most one confirmation per order': toldOnce,
  'told or visibly parked': toldAsOwed,
  'nothing is known that is not so': knownIsTrue,
  'receipts arrive': receiptsArrive,
  'contacts hold the newest values': newestContact,
  'the ledger balances': ledgerBalanced,
  'uncertain only as allowed': unexplainedDoubts,
  'quiet in time': quietInTime,
  'no other statuses': statusesAllowed,
  'processes end only when asked, in time': endsInOrder,
  'no shared state changed': nothingPaused,
  'no error of our own': noErrorOfOurs,
};

function isMessage({ kind }: EffectRow): boolean {
  return kind === 'message';
}

function byPosition(one: { delivery: DeliveryRow }, other: { delivery: DeliveryRow }): number {
  return one.delivery.position - other.delivery.position;
}
