/** What waits in the tables of a pipeline. */
export interface OpenRows {
  /** Not yet applied. */
  readonly deliveries: number;
  /** Not yet settled. */
  readonly effects: number;
  /** Not yet handed on. */
  readonly events: number;
}

/**
 * Counts `OpenRows`. The conditions are word for word those of the partial indexes that hold what waits and nothing else:
 * any other goes through the whole table, would cost the database more with every order, and be paid by what is measured.
 */
export const OPEN_ROWS = `
  select (select count(*) from deliveries where state || '' = 'open')::int as deliveries,
    (select count(*) from effects where state || '' = 'planned')::int
      + (select count(*) from effects where state || '' = 'claimed')::int as effects,
    (select count(*) from outbox)::int as events`;
