/**
 * The circuit breaker of one vendor lane, as data. opossum and cockatiel wrap the call and throw when they are open; here
 * the question comes before the claim, a lane may be parked for a cause that only a person can mend, and which call may
 * be the probe depends on whether the failure could have sent something. Times are milliseconds of one process's clock.
 */

/** Causes that no repetition mends: the token or the account is refused, whatever is asked. */
export type ParkCause = 'bad-token' | 'billing';

export type LaneState =
  | { readonly kind: 'closed'; readonly failures: number }
  | StoppedLane
  /** The vendor answers again; `busy` while the one real call that shall prove it is under way. */
  | (Stop & { readonly kind: 'half-open'; readonly busy: boolean });

export type StoppedLane = Stop & { readonly kind: 'open' | 'parked' };

interface Stop {
  readonly reason: string;
  readonly since: number;
  /** When the next look at the vendor is due. */
  readonly probeAt: number;
  readonly stops: number;
}

export type Failure =
  | { readonly kind: 'parking'; readonly cause: ParkCause }
  | { readonly kind: 'down'; readonly reason: string };

export const closed: LaneState = { kind: 'closed', failures: 0 };

/** So many calls in a row that the vendor did not serve. */
export const opensAfter = 5;
const firstProbeMs = 1_000;
const longestProbeMs = 10_000;
const parkedProbeMs = 30_000;

/** What is postponed comes back a little after the probe, and not all at once. */
const spreadMs = 2_000;

/** Whether a call may begin now; if not, after how long to ask again. */
export function admit(
  state: LaneState,
  now: number,
  random: number,
): { readonly go: true } | { readonly go: false; readonly waitMs: number } {
  if (state.kind === 'closed' || (state.kind === 'half-open' && !state.busy)) return { go: true };
  const untilProbe = state.kind === 'half-open' ? 0 : Math.max(0, state.probeAt - now);
  return { go: false, waitMs: Math.round(untilProbe + spreadMs * (0.25 + 0.75 * random)) };
}

/** The admitted call has begun. */
export function begin(state: LaneState): LaneState {
  return state.kind === 'half-open' ? { ...state, busy: true } : state;
}

/** The admitted call was never made: another may prove the vendor. */
export function giveUp(state: LaneState): LaneState {
  return state.kind === 'half-open' ? { ...state, busy: false } : state;
}

/** A failure of a call that began before the lane stopped tells nothing new. */
export function fail(state: LaneState, failure: Failure, now: number): LaneState {
  if (failure.kind === 'parking') return park(state, failure.cause, now);
  if (state.kind === 'closed')
    return state.failures + 1 < opensAfter
      ? { kind: 'closed', failures: state.failures + 1 }
      : { kind: 'open', reason: failure.reason, since: now, probeAt: now + firstProbeMs, stops: 1 };
  return state.kind === 'half-open' ? reopen(state, failure.reason, now) : state;
}

function park(state: LaneState, cause: ParkCause, now: number): LaneState {
  const since = state.kind === 'closed' || state.kind === 'open' ? now : state.since;
  const stops = state.kind === 'closed' ? 1 : state.stops;
  return { kind: 'parked', reason: cause, since, probeAt: now + parkedProbeMs, stops };
}

function reopen(stop: Stop, reason: string, now: number): LaneState {
  const stops = stop.stops + 1;
  const probeAt = now + Math.min(firstProbeMs * 2 ** Math.min(stops - 1, 10), longestProbeMs);
  return { kind: 'open', reason, since: stop.since, probeAt, stops };
}

/** The look at the vendor, a call that sends nothing, went well or not. */
export function probed(state: LaneState, failure: Failure | undefined, now: number): LaneState {
  if (state.kind !== 'open' && state.kind !== 'parked') return state;
  const { reason, since, probeAt, stops } = state;
  if (!failure) return { kind: 'half-open', reason, since, probeAt, stops, busy: false };
  // A vendor that is away meanwhile does not unpark: the cause may still be there.
  if (failure.kind === 'parking') return park(state, failure.cause, now);
  return state.kind === 'parked' ? { ...state, probeAt: now + parkedProbeMs } : reopen(state, reason, now);
}
