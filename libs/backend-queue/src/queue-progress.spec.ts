import { describe, expect, it } from '@jest/globals';
import { follow, type QueueActivity, type QueueLook, type QueueProgress, unseen } from './queue-progress.js';

const limits = { concurrency: 2, stuckAfterMs: 20_000, hungAfterMs: 600_000 };
const idle: QueueActivity = { running: 0, movedAt: 0 };
const work: QueueLook = { waiting: 3, paused: false };

/** Looks every second from `from` to `to`. */
function watch(
  from: number,
  to: number,
  look: QueueLook | undefined,
  activity: QueueActivity = idle,
  before: QueueProgress = unseen,
): QueueProgress {
  let progress = before;
  for (let second = from; second <= to; second += 1)
    progress = follow(progress, look, activity, second * 1_000, limits);
  return progress;
}

describe('a process that takes jobs', () => {
  it('is stuck when work waits for longer than the limit and it takes none', () => {
    expect(watch(100, 120, work).stuckSince).toBeUndefined();
    expect(watch(100, 125, work).stuckSince).toBe(121_000);
  });

  it('is not stuck while there is nothing to take, however long', () => {
    expect(watch(0, 500, { waiting: 0, paused: false })).toEqual(unseen);
  });

  it('is not stuck because work came after a long time without any', () => {
    const quiet = watch(0, 500, { waiting: 0, paused: false });
    expect(watch(501, 520, work, idle, quiet).stuckSince).toBeUndefined();
  });

  it('is not stuck while it takes or ends a job now and then', () => {
    expect(watch(0, 100, work, { running: 1, movedAt: 85_000 }).stuckSince).toBeUndefined();
  });

  it('is stuck when jobs run, there is room for more, and none is taken', () => {
    expect(watch(0, 100, work, { running: 1, movedAt: 10_000 }).stuckSince).toBe(31_000);
  });

  it('is not stuck while all its room is taken by jobs that wait for a slow vendor', () => {
    expect(watch(0, 500, work, { running: 2, movedAt: 1_000 }).stuckSince).toBeUndefined();
  });

  it('is stuck when all its room is taken by jobs of which none ends', () => {
    expect(watch(0, 700, work, { running: 2, movedAt: 1_000 }).stuckSince).toBe(602_000);
  });

  it.each([
    ['Redis is away', undefined],
    ['somebody paused the queue', { waiting: 3, paused: true }],
  ])('is not stuck while %s, and gets its whole time again afterwards', (_why, look) => {
    const stuck = watch(0, 60, work);
    expect(stuck.stuckSince).toBeDefined();
    const away = watch(61, 62, look, idle, stuck);
    expect(away).toEqual(unseen);
    expect(watch(63, 83, work, idle, away).stuckSince).toBeUndefined();
  });

  it('is well again as soon as it takes a job', () => {
    const stuck = watch(0, 60, work);
    expect(watch(61, 61, work, { running: 1, movedAt: 60_500 }, stuck).stuckSince).toBeUndefined();
  });

  it('keeps the moment at which it got stuck', () => {
    expect(watch(0, 300, work).stuckSince).toBe(21_000);
  });

  it('is never judged when the limit is 0', () => {
    expect(follow(watch(0, 60, work), work, idle, 90_000, { ...limits, stuckAfterMs: 0 })).toEqual(unseen);
  });
});
