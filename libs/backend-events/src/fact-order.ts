import { type Backoff, backoffMs } from '@visapi/backend-kernel';
import type { Aggregate, BacklogEntry, Block, Claim, Failure } from '@visapi/backend-repositories/events';

/** Which facts may be told now, which wait behind others, and when a failed one is tried again. Pure. */

/** What is known of a handler here. */
export interface Teller {
  readonly name: string;
  readonly types: readonly string[];
  readonly attempts: number;
  readonly backoff: Backoff;
}

type Placed = Aggregate & { readonly position: number };

/** Errors of a fact that are kept: the first one and the last ones. */
const mostErrors = 20;

export function keyOf({ aggregateType, aggregateId }: Aggregate): string {
  return `${aggregateType}:${aggregateId}`;
}

export function wantedBy<T extends { readonly type: string }>(
  { types }: Pick<Teller, 'types'>,
  facts: readonly T[],
): T[] {
  return facts.filter(({ type }) => types.includes(type));
}

/** The facts of each aggregate, in the order they are in; aggregates by their first fact. */
export function byAggregate<T extends Aggregate>(facts: readonly T[]): T[][] {
  return [...Map.groupBy(facts, keyOf).values()];
}

/** The facts of a batch that may be handed on now: to everybody who wants them, so that they can be marked. */
export function mayGo<T extends Placed & { readonly type: string }>(
  facts: readonly T[],
  tellers: readonly Pick<Teller, 'name' | 'types'>[],
  claim: Claim,
): T[] {
  const kept = tellers.filter(({ name }) => !claim.handlers.includes(name)).flatMap(({ types }) => types);
  const wanted = new Set(tellers.flatMap(({ types }) => types));
  const until = new Map(claim.aggregates.map((ours) => [keyOf(ours), ours.untilPosition ?? Infinity]));
  return facts.filter((fact) => {
    if (!wanted.has(fact.type)) return true;
    return !kept.includes(fact.type) && fact.position < (until.get(keyOf(fact)) ?? 0);
  });
}

/** Facts that a handler can be told now, and those behind what already waits for it. */
export function split<T extends Placed>(
  handler: string,
  facts: readonly T[],
  blocks: readonly Block[],
): { readonly now: T[]; readonly behind: T[] } {
  const from = new Map(
    blocks.filter((block) => block.handler === handler).map((block) => [keyOf(block), block.position]),
  );
  const waits = (fact: T): boolean => fact.position >= (from.get(keyOf(fact)) ?? Infinity);
  return { now: facts.filter((fact) => !waits(fact)), behind: facts.filter(waits) };
}

/** What becomes of a fact whose try has failed. */
export function afterFailure(
  { attempts: allowed, backoff }: Pick<Teller, 'attempts' | 'backoff'>,
  before: { readonly attempts: number; readonly errors: readonly Failure[] },
  failure: Failure & { readonly isFinal: boolean },
  random: number,
): Pick<BacklogEntry, 'state' | 'attempts' | 'dueInMs' | 'errors'> {
  const attempts = before.attempts + 1;
  const { at, code, message } = failure;
  const errors = shortened([...before.errors, { at, code, message }]);
  if (failure.isFinal || attempts >= allowed) return { state: 'dead', attempts, dueInMs: null, errors };
  return { state: 'waiting', attempts, dueInMs: backoffMs(backoff, attempts, random), errors };
}

/**
 * The facts of one aggregate that a handler could not take, as they wait. A single one has had its first try. Of several
 * nobody knows which it was: each gets its tries alone, from now on.
 * @param failure null: they were not even tried
 */
export function setAside<T extends Placed>(
  teller: Teller,
  facts: readonly T[],
  failure: (Failure & { readonly isFinal: boolean }) | null,
  replayed: boolean,
  random: number,
): BacklogEntry[] {
  const [first, ...others] = facts;
  if (!first) return [];
  const untried = { attempts: 0, errors: [] };
  const head =
    others.length === 0 && failure
      ? afterFailure(teller, untried, failure, random)
      : ({ ...untried, state: 'waiting', dueInMs: 0 } as const);
  return [{ ...entryOf(teller.name, first, replayed), ...head }, ...waiting(teller.name, others, replayed)];
}

/** Facts that wait behind others of their aggregate. */
export function waiting(handler: string, facts: readonly Placed[], replayed: boolean): BacklogEntry[] {
  return facts.map((fact) => entryOf(handler, fact, replayed));
}

/** @returns facts of a batch that one replay batch may tell: the untold ones are about to be told live */
export function toldAgain<T extends Placed>(batch: readonly T[], told: ReadonlySet<number>): T[] {
  return batch.filter(({ position }) => told.has(position));
}

/** Facts that one batch of a replay takes, and how long after it the next one may begin. */
export function paceOf(
  ratePerSecond: number,
  most: number,
): { readonly batch: number; readonly pauseMs: number } {
  const batch = Math.max(1, Math.min(most, ratePerSecond));
  return { batch, pauseMs: (batch * 1_000) / ratePerSecond };
}

function entryOf(
  handler: string,
  { position, aggregateType, aggregateId }: Placed,
  replayed: boolean,
): BacklogEntry {
  const place = { handler, position, aggregateType, aggregateId, replayed };
  return { ...place, state: 'waiting', attempts: 0, dueInMs: null, errors: [] };
}

function shortened(errors: readonly Failure[]): readonly Failure[] {
  const [first] = errors;
  return errors.length > mostErrors && first ? [first, ...errors.slice(1 - mostErrors)] : errors;
}
