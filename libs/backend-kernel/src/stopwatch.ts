/**
 * How long ago something was, also for a process that stood still or a machine that slept meanwhile: the monotonic clock
 * goes on while a process is stopped but not while its machine sleeps, the wall clock is right after a sleep but may be set
 * back. The longer time of the two holds.
 */
export class Stopwatch {
  private readonly startedAt = performance.now();
  private readonly startedOn = Date.now();

  elapsedMs(): number {
    return Math.max(performance.now() - this.startedAt, Date.now() - this.startedOn);
  }
}
