import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';

/** An event as lists show it. */
export interface ListedEvent {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly ip: string | null;
  readonly payload: unknown;
  readonly occurredAt: Date;
}

export interface EventFilter {
  readonly type?: string;
  readonly aggregateType?: string;
  readonly aggregateId?: string;
  readonly actor?: string;
  readonly correlationId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const shown = [
  'position',
  'id',
  'type',
  'aggregateType',
  'aggregateId',
  'aggregateVersion',
  'actor',
  'correlationId',
  'ip',
  'payload',
  'occurredAt',
] as const;

const equals = ['aggregateType', 'aggregateId', 'actor', 'correlationId'] as const;

/**
 * Positions are drawn a moment before or after the time is taken; no transaction is allowed to live nearly this long, so
 * no event of a period lies further outside of its positions.
 */
const slackMs = 600_000;

/** The position of the first event since a time, found by halving: an index on the time would slow down every event. */
function firstSince(time: Date, slack: number) {
  const since = new Date(time.getTime() + slack);
  return sql<number>`(
    with recursive halves(low, high) as (
      select 0::bigint, coalesce(max(position), 0) + 1 from events
      union all
      select case when middle.is_before then middle.position else low end,
        case when middle.is_before then high else (low + high) / 2 end
      from halves left join lateral (
        select position, occurred_at < ${since}::timestamptz and position < high as is_before from events
        where position >= (low + high) / 2 order by position limit 1
      ) middle on true
      where high - low > 1
    )
    select min(high) from halves)`;
}

@Injectable()
export class EventListsRepository {
  /** Events, newest first. A type that ends in `.*` stands for all of its family. */
  async list(executor: Executor, filter: EventFilter, page: Page): Promise<PageResult<ListedEvent>> {
    let query = executor.selectFrom('events').select(shown);
    for (const field of equals) {
      const wanted = filter[field];
      if (wanted !== undefined) query = query.where(field, '=', wanted);
    }
    if (filter.type?.endsWith('.*')) {
      const types = await this.typesOf(executor, filter.type.slice(0, -1));
      query = query.where(sql<boolean>`type = any(${types}::text[])`);
    } else if (filter.type !== undefined) query = query.where('type', '=', filter.type);
    const { from, to } = filter;
    if (from !== undefined)
      query = query
        .where('occurredAt', '>=', from)
        .where(sql<boolean>`position >= ${firstSince(from, -slackMs)}`);
    if (to !== undefined)
      query = query.where('occurredAt', '<', to).where(sql<boolean>`position < ${firstSince(to, slackMs)}`);
    return await paginate(executor, query, 'position', (row) => String(row.position), page);
  }

  /** The types that occur and begin so, found by one look into the index for each type there is. */
  private async typesOf(executor: Executor, beginning: string): Promise<string[]> {
    const result = await sql<{ type: string }>`
      with recursive occurring as (
        (select type from events order by type limit 1)
        union all
        select (select e.type from events e where e.type > o.type order by e.type limit 1) from occurring o
        where o.type is not null
      )
      select type from occurring where starts_with(type, ${beginning}) order by type`.execute(executor);
    return result.rows.map(({ type }) => type);
  }
}
