/** The oldest event that nobody has been told of, as the database shows it. */
export interface WaitingEvent {
  readonly position: number;
  readonly ageSeconds: number;
}

/** Which event has been the oldest, and since when on this process's own clock, in milliseconds. */
export interface RelayProgress {
  readonly position: number;
  readonly since: number;
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
  return before?.position === oldest.position ? before : { position: oldest.position, since: now };
}
