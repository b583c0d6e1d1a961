import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** A delivery whose body came again, with the number of requests that brought it. */
export interface RepeatedDelivery {
  readonly id: string;
  readonly copies: number;
}

/**
 * Counts further requests of bodies that are stored: what `receiveDeliveries` does for a body that it knows, without the bodies.
 * Rows are locked in the order given; in that of their hashes, statements of several processes wait in line.
 * @returns the ids that are there; of the others nothing is counted
 */
export async function countRepeats(
  executor: Executor,
  repeated: readonly RepeatedDelivery[],
): Promise<ReadonlySet<string>> {
  const result = await sql<{ readonly id: string }>`
    with given as materialized (
      select id, copies, ordinal
      from unnest(${repeated.map(({ id }) => id)}::uuid[], ${repeated.map(({ copies }) => copies)}::int[])
        with ordinality as given (id, copies, ordinal)
    ), locked as materialized (
      select d.id, given.copies from given join deliveries d on d.id = any(array[given.id])
      order by given.ordinal for update of d
    )
    update deliveries d set repeats = d.repeats + locked.copies, last_repeat_at = clock_timestamp()
    from locked where d.id = any(array[locked.id])
    returning d.id`.execute(executor);
  return new Set(result.rows.map(({ id }) => id));
}
