/** One thing that happened to an order. */
export interface TimelineEntry {
  readonly at: Date;
  /** What it was: `delivery.received`, `order.created`, `contact.synced`, `message.sent`, ... */
  readonly kind: string;
  /** How it stands or ended. */
  readonly status: string;
  /** The reason or the further circumstances, in a few words; null when there is nothing to add. */
  readonly detail: string | null;
  readonly correlationId: string;
  readonly actor?: string;
  readonly evidence?: unknown;
}

/** Nothing, where it never happened. */
export function entry(at: Date | null, rest: Omit<TimelineEntry, 'at'>): TimelineEntry[] {
  return at === null ? [] : [{ at, ...rest }];
}
