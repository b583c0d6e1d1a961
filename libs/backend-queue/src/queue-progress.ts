/** Whether a queue moves, judged from what one process saw of it. Times are milliseconds of that process's own clock. */

/** What Redis says of a queue at one moment. */
export interface QueueLook {
  /** Jobs that are ready to be taken: neither delayed nor under way. */
  readonly waiting: number;
  /** Somebody has paused the queue on purpose. */
  readonly paused: boolean;
}

/** What this process does with a queue. */
export interface QueueActivity {
  readonly running: number;
  /** When it last took a job or ended one; 0 = never. */
  readonly movedAt: number;
}

export interface QueueProgress {
  /** Since when every look found jobs waiting. */
  readonly waitingSince: number | undefined;
  /** Since when the process counts as stuck. */
  readonly stuckSince: number | undefined;
}

export interface ProgressLimits {
  /** Jobs that the process runs at once. */
  readonly concurrency: number;
  /** Work may wait this long while nothing is taken although there is room. 0 = for ever. */
  readonly stuckAfterMs: number;
  /** All room may be taken this long by jobs of which none ends: vendors have time-outs, so that is a job that hangs. */
  readonly hungAfterMs: number;
}

export const unseen: QueueProgress = { waitingSince: undefined, stuckSince: undefined };

/**
 * A process that is alive, reaches Redis and takes nothing although work waits is deaf: BullMQ's blocking read has had
 * bugs that end so, with every ping answered.
 * @param look undefined = Redis did not answer; whoever cannot be reached is not the process's fault
 */
export function follow(
  before: QueueProgress,
  look: QueueLook | undefined,
  { running, movedAt }: QueueActivity,
  now: number,
  { concurrency, stuckAfterMs, hungAfterMs }: ProgressLimits,
): QueueProgress {
  if (stuckAfterMs === 0 || !look || look.paused || look.waiting === 0) return unseen;
  const waitingSince = before.waitingSince ?? now;
  const quietMs = now - Math.max(waitingSince, movedAt);
  const patienceMs = running >= concurrency ? Math.max(hungAfterMs, stuckAfterMs) : stuckAfterMs;
  return { waitingSince, stuckSince: quietMs > patienceMs ? (before.stuckSince ?? now) : undefined };
}
