import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** What one look at old bodies came to. */
export interface EmptiedDeliveries {
  readonly examined: number;
  readonly emptied: number;
  /** The last body that was looked at; null = none. */
  readonly reached: string | null;
}

/** What grows old and goes. Log lines: LogsRepository. */
@Injectable()
export class RetentionRepository {
  /**
   * Looks at the oldest bodies of deliveries and takes away those that nobody needs any more. Nothing of the last week
   * goes, whatever is asked for.
   * @param before what was received since then stays
   * @param most how many bodies are looked at
   * @param since where the call before this one came to
   * @returns nothing examined when another process is at it
   */
  async emptyDeliveries(
    executor: Executor,
    before: Date,
    most: number,
    since: string | null,
  ): Promise<EmptiedDeliveries> {
    const result = await sql<EmptiedDeliveries>`
      select examined, emptied, reached from empty_deliveries(${before}, ${most}, ${since}::uuid)`.execute(
      executor,
    );
    return result.rows[0] ?? { examined: 0, emptied: 0, reached: since };
  }
}
