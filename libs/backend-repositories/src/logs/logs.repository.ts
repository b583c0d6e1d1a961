import { Injectable } from '@nestjs/common';
import type { KeptLine } from '@visapi/backend-observability';
import { type Selectable, sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import type { DB } from '../db/schema.gen.js';

const shown = [
  'id',
  'loggedAt',
  'level',
  'message',
  'event',
  'code',
  'job',
  'route',
  'orderId',
  'correlationId',
  'process',
  'fields',
] as const;

/** A line as it was stored. */
export type LogRow = Pick<Selectable<DB['logs']>, (typeof shown)[number]>;

export interface LogCount {
  readonly level: string;
  readonly event: string | null;
  readonly count: number;
}

@Injectable()
export class LogsRepository extends BaseRepository<'logs', (typeof shown)[number]> {
  constructor() {
    super('logs', 'id', shown);
  }

  /** Stores lines, in one statement whose text is always the same. Those that are stored already are passed over. */
  async store(executor: Executor, lines: readonly KeptLine[]): Promise<void> {
    await sql`
      insert into logs (id, logged_at, level, message, event, code, job, route, order_id, correlation_id, process, fields)
      select * from json_to_recordset(${JSON.stringify(lines)}::json) as line(id uuid, "loggedAt" timestamptz, level text,
        message text, event text, code text, job text, route text, "orderId" text, "correlationId" text, process text,
        fields jsonb)
      on conflict do nothing`.execute(executor);
  }

  /** How many lines of which level tell of what, since a time; the most frequent first. */
  async countSince(executor: Executor, since: Date): Promise<LogCount[]> {
    const result = await sql<LogCount>`
      select level, event, count(*) as count from logs where logged_at >= ${since}
      group by level, event order by count(*) desc, level, event`.execute(executor);
    return result.rows;
  }

  /** Makes sure that this month and the next have their partitions. */
  async makePartitions(executor: Executor): Promise<void> {
    await sql`select make_log_partitions()`.execute(executor);
  }

  /** Drops one month of which every line is older than so many days. @returns its name; null when there is none */
  async dropPartition(executor: Executor, keepDays: number): Promise<string | null> {
    const result = await sql<{ name: string | null }>`
      select drop_log_partition(${keepDays}) as name`.execute(executor);
    return result.rows[0]?.name ?? null;
  }

  /**
   * Deletes the oldest lines from before a time, at most `most` of them.
   * @param since where the call before this one came to
   */
  async deleteBefore(
    executor: Executor,
    before: Date,
    most: number,
    since: Date | null,
  ): Promise<{ deleted: number; reached: Date | null }> {
    const result = await sql<{ deleted: number; reached: Date | null }>`
      select deleted, reached from delete_logs(${before}, ${most}, ${since})`.execute(executor);
    return result.rows[0] ?? { deleted: 0, reached: since };
  }
}
