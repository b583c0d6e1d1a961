import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

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

  /** What needs a person: unknown outcomes, refusals, and deliveries open for longer than five minutes. */
  async attention(executor: Executor): Promise<{ uncertain: number; failed: number; open: number }> {
    const result = await sql<{ uncertain: number; failed: number; open: number }>`
      select
        (select count(*) from effects where state = 'uncertain') as uncertain,
        (select count(*) from effects where state = 'failed')
          + (select count(*) from deliveries where state = 'failed') as failed,
        (select count(*) from (
          select order_id from deliveries where state = 'open' and kind = 'order' and received_at < now() - interval '5 minutes'
          union
          select order_id from effects where state in ('planned', 'claimed') and planned_at < now() - interval '5 minutes'
        ) as waiting) as open`.execute(executor);
    return result.rows[0] ?? { uncertain: 0, failed: 0, open: 0 };
  }

  /** Order ids that have become open for more than five minutes within the last `windowSeconds`. */
  async newlyOverdue(executor: Executor, windowSeconds: number): Promise<string[]> {
    const result = await sql<{ orderId: string }>`
      with bounds as (select now() - interval '5 minutes' as until,
        now() - interval '5 minutes' - make_interval(secs => ${windowSeconds}) as since)
      select order_id from deliveries, bounds
        where state = 'open' and kind = 'order' and received_at <= until and received_at > since
      union
      select order_id from effects, bounds
        where state in ('planned', 'claimed') and planned_at <= until and planned_at > since`.execute(
      executor,
    );
    return result.rows.map((row) => row.orderId);
  }
}
