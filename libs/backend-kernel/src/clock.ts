/**
 * The time of this process. Decisions that several processes share (leases, due times, order of arrival) use the
 * database's clock instead, so that skew between processes cannot change them.
 */
export class Clock {
  /** @param offsetMs shifts this process's time; only for tests of clock skew, refused in production. */
  constructor(private readonly offsetMs = 0) {}

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}
