import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { opensAfter } from './lane-state.js';
import { VendorError } from './vendor-error.js';
import { type LanePass, VendorLane } from './vendor-lane.js';

const error = (kind: VendorError['kind'], reason: string, status?: number) =>
  new VendorError('cbb', kind, reason, { status });
const badToken = error('unavailable', 'http-401', 401);
const broken = error('unknown', 'http-500', 500);

let lane: VendorLane;
let looks: number;
let answer: () => Promise<unknown>;

beforeEach(() => {
  looks = 0;
  answer = async () => await Promise.resolve([]);
  lane = new VendorLane('cbb-messages', async () => {
    looks += 1;
    return await answer();
  });
});
afterEach(() => lane.end());

function enter(): LanePass {
  const pass = lane.enter();
  if ('waitMs' in pass) throw new Error(`stopped: ${pass.reason}`);
  return pass;
}
function fail(times: number, with_: unknown): void {
  for (let call = 0; call < times; call += 1) enter().failed(with_);
}

describe('a lane to a vendor', () => {
  it('stops after several calls in a row that nobody served, and says why', () => {
    fail(opensAfter, broken);
    expect(lane.enter()).toMatchObject({ reason: 'lane-open: http-500' });
    expect(lane.view()).toMatchObject({ state: 'open', reason: 'http-500', since: expect.any(String) });
  });

  it('counts in a row: a call that is served in between begins anew', () => {
    fail(opensAfter - 1, broken);
    enter().served();
    fail(opensAfter - 1, broken);
    expect(lane.stop()).toBeUndefined();
  });

  it.each([
    ['a clear no', error('rejected', 'http-400', 400)],
    ['a plea for patience', error('unavailable', 'http-429', 429)],
    ['a business refusal', error('unavailable', 'success-false', 200)],
    ['an odd answer', error('unexpected', 'unexpected-shape', 200)],
  ])('goes on after %s, however often: the vendor is there', (_name, no) => {
    fail(3 * opensAfter, no);
    expect(lane.view()).toEqual({ name: 'cbb-messages', state: 'closed', reason: null, since: null });
  });

  it.each([
    [401, 'bad-token'],
    [403, 'bad-token'],
    [402, 'billing'],
  ])('is parked by the first %d, for every call would be answered so', (status, cause) => {
    fail(1, error('unavailable', `http-${status}`, status));
    expect(lane.enter()).toMatchObject({ reason: `parked: ${cause}` });
  });

  it('stays parked while looks at the vendor are refused, then lets one call through, then all', async () => {
    fail(1, badToken);
    answer = async () => await Promise.reject(badToken);
    await lane.probe();
    expect(lane.view().state).toBe('parked');
    answer = async () => await Promise.resolve([]);
    await lane.probe();
    const first = enter();
    expect(lane.stop()).toBeDefined();
    first.served();
    expect(lane.view().state).toBe('closed');
    expect(looks).toBe(2);
  });

  it('lets another call prove the vendor when the first was never made', async () => {
    fail(1, badToken);
    await lane.probe();
    enter().leave();
    expect(lane.stop()).toBeUndefined();
  });

  it('hears once how a call ended', () => {
    const pass = enter();
    pass.served();
    pass.failed(badToken);
    pass.leave();
    expect(lane.view().state).toBe('closed');
  });

  it('is not opened again by a call that began before it stopped and went well', () => {
    const old = enter();
    fail(1, badToken);
    old.served();
    expect(lane.view().state).toBe('parked');
  });

  it('takes an error of ours during a look for no sign of the vendor', async () => {
    fail(opensAfter, broken);
    answer = async () => await Promise.reject(new TypeError('a bug'));
    await lane.probe();
    expect(lane.view().state).toBe('open');
  });
});
