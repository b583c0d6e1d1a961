/** The oldest event that nobody has been told of, as the database shows it. */
export interface WaitingEvent {
  readonly position: number;
  readonly ageSeconds: number;
}

/** Which event was the oldest at the last look, and since when; milliseconds of this process's own clock. */
export interface RelayProgress {
  readonly position: number;
  readonly since: number;
  readonly seenAt: number;
}

/**
 * The outbox moves as long as another event becomes its oldest: a long backlog that is being worked off is no standstill.
 * @param oldest undefined = nothing waits
 */
export function followRelay(
  before: RelayProgress | undefined,
  oldest: WaitingEvent | undefined,
  now: number,
): RelayProgress | undefined {
  if (!oldest) return undefined;
  const since = before?.position === oldest.position ? before.since : now;
  return { position: oldest.position, since, seenAt: now };
}

/** Between two looks nobody knows, so time counts only from look to look. */
export function standsStill(progress: RelayProgress | undefined, stuckAfterMs: number): boolean {
  return stuckAfterMs > 0 && progress !== undefined && progress.seenAt - progress.since > stuckAfterMs;
}
