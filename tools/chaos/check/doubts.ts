import type { Blow } from '../faults/journal.ts';
import type { Doubt, Evidence } from './evidence.ts';

/** Messages of one worker between claim and answer at once, at most: its QUEUE_CONCURRENCY. */
const inFlightAtOnce = 10;
/** Between our note of a blow and the blow itself, and between two clocks that are one. */
const slackMs = 100;
/** Answers of the vendor that leave unknown whether it took the message. */
const silence = ['error-5xx', 'timeout-after-accept', 'malformed'];

/** Messages that were in doubt, even for a moment, without a reason that the scenario allows. */
export function unexplainedDoubts(evidence: Evidence): string[] {
  const { allowed, doubts, blows, balance, effects } = evidence;
  const deaths = blows.filter(({ name, how }) => name.startsWith('worker') && how !== 'SIGTERM');
  const silent = new Set(
    evidence.sendCalls.filter(({ outcome }) => silence.includes(outcome)).map(({ orderId }) => orderId),
  );
  const byVendor = ({ orderId }: Doubt): boolean =>
    allowed.uncertain.includes('vendor') && silent.has(orderId);
  const left = doubts.filter((doubt) => !byVendor(doubt));
  const byDeath = allowed.uncertain.includes('death')
    ? left.filter((doubt) => deaths.some((blow) => wasInFlight(doubt, blow, allowed.inFlightMs)))
    : [];
  const tooMany = byDeath.length > deaths.length * inFlightAtOnce;
  const listed = new Set(balance.uncertain);
  return [
    ...left.filter((doubt) => !byDeath.includes(doubt)).map((doubt) => sentenceOf(doubt)),
    ...(tooMany ? [`${byDeath.length} messages in doubt by ${deaths.length} deaths of workers`] : []),
    ...effects
      .filter(({ state, orderId }) => state === 'uncertain' && !listed.has(orderId))
      .map(({ orderId }) => `${orderId} is uncertain and not listed`),
  ];
}

/** Claimed a little before its worker's end, and taken away after it. */
function wasInFlight({ claimedAt, uncertainAt }: Doubt, { at }: Blow, inFlightMs: number): boolean {
  const age = at - claimedAt;
  return age >= -slackMs && age <= inFlightMs && uncertainAt >= at - slackMs;
}

function sentenceOf({ orderId, claimedAt, uncertainAt }: Doubt): string {
  const time = (at: number): string => new Date(at).toISOString().slice(11, 23);
  return `${orderId} was uncertain at ${time(uncertainAt)}, claimed at ${time(claimedAt)}`;
}
