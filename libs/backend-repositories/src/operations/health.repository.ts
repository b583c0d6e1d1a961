import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

interface AttentionCounts {
  readonly uncertain: number;
  readonly failed: number;
  readonly open: number;
  readonly parked: number;
}

/** Nothing stands in its stead: no message that an operator had sent again, no newer contact of its order. */
const isNewest = sql`not exists (select from effects again where again.resend_of = e.id)
  and (e.kind <> 'contact' or not exists (select from effects newer
    where newer.order_id = e.order_id and newer.kind = 'contact' and newer.planned_at > e.planned_at))`;

@Injectable()
export class HealthRepository {
  /** @throws when the database does not answer */
  async ping(executor: Executor): Promise<void> {
    await sql`select 1`.execute(executor);
  }

  /** Whether this transaction holds the named lock; false when another process has it. Freed with the transaction. */
  async tryLock(executor: Executor, name: string): Promise<boolean> {
    const result = await sql<{ held: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as held`.execute(executor);
    return result.rows[0]?.held ?? false;
  }

  /** The oldest event that the relay has not handed on; undefined when there is none. */
  async oldestUndispatched(
    executor: Executor,
  ): Promise<{ position: number; ageSeconds: number } | undefined> {
    const result = await sql<{ position: number; ageSeconds: number }>`
      select e.position, extract(epoch from clock_timestamp() - e.occurred_at)::float8 as age_seconds
      from (select position from outbox order by position limit 1) oldest
      join events e on e.position = any(array[oldest.position])`.execute(executor);
    return result.rows[0];
  }

  /**
   * What needs a person: unknown outcomes and refusals that nothing has replaced, deliveries open for longer than five
   * minutes, and what waits for a cause to be mended. A job's dead letter counts by the row that it is about, if it is about one.
   */
  async attention(executor: Executor): Promise<AttentionCounts> {
    const result = await sql<AttentionCounts>`
      select
        (select count(*) from effects e where e.state = 'uncertain' and ${isNewest}) as uncertain,
        (select count(*) from effects e where e.state = 'failed' and ${isNewest})
          + (select count(*) from deliveries where state = 'failed')
          + (select count(*) from dead_letters where state = 'open' and (kind = 'handler' or aggregate_id is null)) as failed,
        (select count(*) from effects where state || '' = 'planned' and reason like 'parked: %') as parked,
        (select count(*) from (
          select order_id from deliveries where state || '' = 'open' and kind = 'order' and received_at < now() - interval '5 minutes'
          union
          select order_id from effects where state || '' = 'planned' and planned_at < now() - interval '5 minutes'
          union
          select order_id from effects where state || '' = 'claimed' and planned_at < now() - interval '5 minutes'
        ) as waiting) as open`.execute(executor);
    return result.rows[0] ?? { uncertain: 0, failed: 0, open: 0, parked: 0 };
  }
}
