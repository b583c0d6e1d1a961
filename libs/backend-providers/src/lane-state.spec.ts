import { describe, expect, it } from '@jest/globals';
import {
  admit,
  begin,
  closed,
  fail,
  type Failure,
  giveUp,
  type LaneState,
  opensAfter,
  probed,
} from './lane-state.js';

const down: Failure = { kind: 'down', reason: 'http-500' };
const badToken: Failure = { kind: 'parking', cause: 'bad-token' };

function failing(times: number, from: LaneState = closed, now = 0): LaneState {
  let state = from;
  for (let call = 0; call < times; call += 1) state = fail(state, down, now);
  return state;
}
const isOpen = (state: LaneState, now = 0) => admit(state, now, 0).go;
const probeAt = (state: LaneState) => ('probeAt' in state ? state.probeAt : undefined);

describe('a lane', () => {
  it('stops after the vendor has served nobody several times in a row, and not before', () => {
    expect(isOpen(failing(opensAfter - 1))).toBe(true);
    expect(failing(opensAfter, closed, 100)).toEqual({
      kind: 'open',
      reason: 'http-500',
      since: 100,
      probeAt: 1_100,
      stops: 1,
    });
    expect(isOpen(failing(opensAfter))).toBe(false);
  });

  it('parks at the first call that the account is refused for, and asks half a minute later', () => {
    expect(fail(closed, badToken, 100)).toMatchObject({
      kind: 'parked',
      reason: 'bad-token',
      probeAt: 30_100,
    });
  });

  it('takes nothing before its look at the vendor, whenever that is due', () => {
    expect(admit(failing(opensAfter), 900_000, 0).go).toBe(false);
    const wait = admit(failing(opensAfter), 0, 0.5);
    expect(wait).toMatchObject({ go: false, waitMs: expect.any(Number) });
    expect(wait.go ? 0 : wait.waitMs).toBeGreaterThan(1_000);
  });

  it('lets one real call through when a look went well, and only one', () => {
    const half = probed(failing(opensAfter), undefined, 2_000);
    expect(half.kind).toBe('half-open');
    expect(isOpen(half)).toBe(true);
    const busy = begin(half);
    expect(isOpen(busy)).toBe(false);
    expect(isOpen(giveUp(busy))).toBe(true);
  });

  it('stops again when that call fails, longer each time up to ten seconds', () => {
    let state = failing(opensAfter);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      state = fail(begin(probed(state, undefined, 0)), down, 0);
      waits.push(probeAt(state) ?? 0);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    expect(state).toMatchObject({ kind: 'open', since: 0 });
  });

  it('stays stopped while looks fail; a parked one looks every half minute and keeps its cause', () => {
    expect(probed(failing(opensAfter), down, 5_000)).toMatchObject({ kind: 'open', probeAt: 7_000 });
    const parked = fail(closed, badToken, 0);
    expect(probed(parked, badToken, 30_000)).toMatchObject({ kind: 'parked', probeAt: 60_000, since: 0 });
    expect(probed(parked, down, 30_000)).toMatchObject({
      kind: 'parked',
      reason: 'bad-token',
      probeAt: 60_000,
    });
  });

  it('parks when a look finds that the account is refused by now', () => {
    expect(probed(failing(opensAfter), badToken, 1_000)).toMatchObject({ kind: 'parked', probeAt: 31_000 });
  });

  it('learns nothing from a call that began before it stopped', () => {
    const open = failing(opensAfter);
    expect(fail(open, down, 9_000)).toEqual(open);
    expect(begin(open)).toEqual(open);
    expect(giveUp(open)).toEqual(open);
    expect(probed(closed, down, 0)).toEqual(closed);
  });
});
