import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
import { type Selectable, sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import type { EventReplays } from '../db/schema.gen.js';
import type { EventRow } from './events.repository.js';

/** Which facts are meant; what is undefined does not matter. */
export interface ReplayChoice {
  readonly types: readonly string[];
  readonly aggregateId?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly fromPosition?: number;
  readonly toPosition?: number;
}

export interface CountedFacts {
  readonly events: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly firstPosition: number | null;
  readonly lastPosition: number | null;
}

export interface NewReplay extends ReplayChoice {
  readonly handler: string;
  readonly rebuild: boolean;
  readonly forced: boolean;
  readonly ratePerSecond: number;
  readonly reason: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly counted: CountedFacts;
}

const columns = [
  'id',
  'handler',
  'types',
  'aggregateId',
  'occurredFrom',
  'occurredTo',
  'fromPosition',
  'toPosition',
  'rebuild',
  'forced',
  'ratePerSecond',
  'reason',
  'requestedBy',
  'correlationId',
  'state',
  'position',
  'handled',
  'total',
  'problem',
  'nextAt',
  'resetAt',
  'createdAt',
  'finishedAt',
] as const;

export type ReplayRow = Pick<Selectable<EventReplays>, (typeof columns)[number]>;

/** Histories that are told again, and how far they have come. */
@Injectable()
export class EventReplaysRepository extends BaseRepository<'eventReplays', (typeof columns)[number]> {
  constructor() {
    super('eventReplays', 'id', columns);
  }

  /** What a replay would tell if it began now. */
  async countFacts(executor: Executor, choice: ReplayChoice): Promise<CountedFacts> {
    let query = executor
      .selectFrom('events')
      .select((each) => [
        'type',
        each.fn.countAll<number>().as('events'),
        each.fn.min('position').as('first'),
        each.fn.max('position').as('last'),
      ])
      .where(sql<boolean>`type = any(${[...choice.types]}::text[])`)
      .groupBy('type')
      .orderBy('type');
    if (choice.aggregateId !== undefined) query = query.where('aggregateId', '=', choice.aggregateId);
    if (choice.from !== undefined) query = query.where('occurredAt', '>=', choice.from);
    if (choice.to !== undefined) query = query.where('occurredAt', '<', choice.to);
    if (choice.fromPosition !== undefined) query = query.where('position', '>=', choice.fromPosition);
    if (choice.toPosition !== undefined) query = query.where('position', '<=', choice.toPosition);
    const rows = await query.execute();
    return {
      events: rows.reduce((sum, { events }) => sum + events, 0),
      byType: Object.fromEntries(rows.map(({ type, events }) => [type, events])),
      firstPosition: rows.length === 0 ? null : Math.min(...rows.map(({ first }) => first)),
      lastPosition: rows.length === 0 ? null : Math.max(...rows.map(({ last }) => last)),
    };
  }

  /** @throws on `event_replays_running_key` while another replay of the handler runs */
  async begin(executor: Executor, replay: NewReplay): Promise<ReplayRow> {
    const { counted } = replay;
    const fromPosition = replay.fromPosition ?? 1;
    return await this.create(executor, {
      id: newId(),
      handler: replay.handler,
      types: [...replay.types],
      aggregateId: replay.aggregateId ?? null,
      occurredFrom: replay.from ?? null,
      occurredTo: replay.to ?? null,
      fromPosition,
      toPosition: counted.lastPosition ?? 0,
      rebuild: replay.rebuild,
      forced: replay.forced,
      ratePerSecond: replay.ratePerSecond,
      reason: replay.reason,
      requestedBy: replay.actor,
      correlationId: replay.correlationId,
      position: fromPosition - 1,
      total: counted.events,
    });
  }

  /**
   * The next replay that is due, locked until the transaction ends; those that another worker holds are passed over.
   */
  async takeDue(executor: Executor, handlers: readonly string[]): Promise<ReplayRow | undefined> {
    return await executor
      .selectFrom('eventReplays')
      .select(columns)
      .where('state', '=', 'running')
      .where(sql<boolean>`handler = any(${[...handlers]}::text[])`)
      .where('nextAt', '<=', sql<Date>`clock_timestamp()`)
      .orderBy('nextAt')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
  }

  /** Milliseconds until the next batch of any of these handlers; undefined when nothing runs. */
  async dueInMs(executor: Executor, handlers: readonly string[]): Promise<number | undefined> {
    const result = await sql<{ ms: number | null }>`
      select ceil(extract(epoch from min(next_at) - clock_timestamp()) * 1000)::int as ms from event_replays
      where state = 'running' and handler = any(${[...handlers]}::text[])`.execute(executor);
    return result.rows[0]?.ms ?? undefined;
  }

  /**
   * A rebuild begins anew: what it has to tell is everything up to the newest event that is visible now. The caller has
   * stopped all telling of this handler, so whatever was told before is visible, and whatever is told later counts anew.
   * @returns the last position that is meant
   */
  async markReset(executor: Executor, id: string): Promise<number> {
    const result = await sql<{ toPosition: number }>`
      update event_replays set reset_at = clock_timestamp(), position = from_position - 1, handled = 0,
        to_position = coalesce((select max(position) from events), 0)
      where id = ${id} returning to_position`.execute(executor);
    const [row] = result.rows;
    if (!row) throw new Error('A locked replay cannot vanish');
    return row.toPosition;
  }

  /** The next facts that a replay means, oldest first. By type, each through its own index: rare ones cost no scan. */
  async nextFacts(executor: Executor, replay: ReplayRow, limit: number): Promise<EventRow[]> {
    const { position, toPosition, types, aggregateId, occurredFrom, occurredTo } = replay;
    const meant = sql`(${occurredFrom}::timestamptz is null or e.occurred_at >= ${occurredFrom}::timestamptz)
      and (${occurredTo}::timestamptz is null or e.occurred_at < ${occurredTo}::timestamptz)`;
    const shown = sql`e.position, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.actor, e.correlation_id,
      e.payload, e.occurred_at`;
    const result = await (
      aggregateId === null
        ? // Type and position compared as one: only the index of both gives this order.
          sql<EventRow>`select e.* from unnest(${types}::text[]) wanted (type), lateral (
          select ${shown} from events e where (e.type, e.position) > (wanted.type, ${position}::bigint)
            and (e.type, e.position) <= (wanted.type, ${toPosition}::bigint) and ${meant}
          order by e.type, e.position limit ${limit}) e
          order by e.position limit ${limit}`
        : // Expressions (ADR 10): the index of all types, or of all positions, would be walked for this one.
          sql<EventRow>`select ${shown} from events e where e.aggregate_id = ${aggregateId}
          and e.type || '' = any(${types}::text[]) and e.position + 0 > ${position} and e.position + 0 <= ${toPosition}
          and ${meant} order by e.position + 0 limit ${limit}`
    ).execute(executor);
    return result.rows;
  }

  async advance(
    executor: Executor,
    id: string,
    step: {
      readonly position: number;
      readonly handled: number;
      readonly isLast: boolean;
      readonly nextInMs: number;
    },
  ): Promise<void> {
    const { position, handled, isLast, nextInMs } = step;
    await sql`update event_replays set position = ${position}, handled = handled + ${handled}, problem = null,
        state = case when ${isLast} then 'done' else state end,
        total = case when ${isLast} then handled + ${handled} else total end,
        finished_at = case when ${isLast} then clock_timestamp() end,
        next_at = case when not ${isLast} then clock_timestamp() + make_interval(secs => ${nextInMs}::float8 / 1000) end
      where id = ${id}`.execute(executor);
  }

  /** @returns whether it was running: then it does not any more */
  async stop(
    executor: Executor,
    id: string,
    state: 'cancelled' | 'failed',
    problem: string | null,
  ): Promise<boolean> {
    const changes = { state, problem, nextAt: null };
    return (await this.updateMany(executor, { id, state: 'running' }, changes)) === 1;
  }

  /**
   * @returns whether it had stopped: then it goes on where it was
   * @throws on `event_replays_running_key` while another replay of the handler runs
   */
  async resume(executor: Executor, id: string): Promise<boolean> {
    const result =
      await sql`update event_replays set state = 'running', problem = null, next_at = clock_timestamp()
      where id = ${id} and state in ('cancelled', 'failed') returning id`.execute(executor);
    return result.rows.length === 1;
  }

  /** Whether what a handler has written is incomplete, because its newest rebuild has begun and not come to its end. */
  async isRebuilding(executor: Executor, handler: string): Promise<boolean> {
    const result = await sql<{
      rebuilding: boolean;
    }>`select finished_at is null as rebuilding from event_replays
      where handler = ${handler} and rebuild and reset_at is not null order by id desc limit 1`.execute(
      executor,
    );
    return result.rows[0]?.rebuilding ?? false;
  }
}
