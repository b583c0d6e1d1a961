import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Events } from '../db/schema.gen.js';

type Plain = string | number | boolean | null | readonly string[];

/** A fact to append. Its payload holds ids and names of fields, never values of personal fields. */
export interface NewEvent {
  readonly type: string;
  readonly aggregateType:
    'order' | 'delivery' | 'poll' | 'replay' | 'dead-letter' | 'api-key' | 'user' | 'role' | 'session';
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly actor: string;
  readonly correlationId: string;
  /** From where it was asked for over HTTP. */
  readonly ip?: string | null;
  readonly payload: Readonly<Record<string, Plain | Readonly<Record<string, Plain>>>>;
}

export interface EventRow {
  readonly position: number;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly payload: unknown;
  readonly occurredAt: Date;
}

/** The values of an event's row, for statements that append it together with its cause. */
export function appendEvent(event: NewEvent): Insertable<Events> {
  // Named one by one: whoever spreads who asked hands in more than an event has.
  const {
    type,
    aggregateType,
    aggregateId,
    aggregateVersion,
    actor,
    correlationId,
    ip = null,
    payload,
  } = event;
  const about = { type, aggregateType, aggregateId, aggregateVersion };
  return { id: newId(), ...about, actor, correlationId, ip, payload: JSON.stringify(payload) };
}

@Injectable()
export class EventsRepository {
  async append(executor: Executor, event: NewEvent): Promise<void> {
    await executor.insertInto('events').values(appendEvent(event)).execute();
  }

  /** A fact about something that has no row with a version. The caller holds what it is about, so versions do not meet. */
  async appendNext(executor: Executor, event: Omit<NewEvent, 'aggregateVersion'>): Promise<void> {
    const last = await executor
      .selectFrom('events')
      .select((each) => each.fn.max('aggregateVersion').as('version'))
      .where('aggregateId', '=', event.aggregateId)
      .where('aggregateType', '=', event.aggregateType)
      .executeTakeFirst();
    await this.append(executor, { ...event, aggregateVersion: (last?.version ?? 0) + 1 });
  }

  /**
   * The idle relay's question, cheaper than opening a transaction to find nothing.
   * @param handlers whose backlog is asked for
   */
  async anyWork(
    executor: Executor,
    handlers: readonly string[],
  ): Promise<{ readonly isUndispatched: boolean; readonly isDue: boolean }> {
    const result = await sql<{ isUndispatched: boolean; isDue: boolean }>`
      select exists (select from outbox) as is_undispatched,
        exists (select from handler_backlog where state = 'waiting' and due_at <= now()
          and handler = any(${[...handlers]}::text[])) as is_due`.execute(executor);
    return result.rows[0] ?? { isUndispatched: false, isDue: false };
  }

  /**
   * Events that nobody has been told of yet, oldest first, held until the transaction ends. What another relay holds is
   * passed over.
   * @param except positions that are left for later
   */
  async takeUndispatched(
    executor: Executor,
    limit: number,
    except: readonly number[] = [],
  ): Promise<EventRow[]> {
    // Not `<> all(...)`, which compares each row with each of a list that may be long.
    const others =
      except.length === 0 ? sql`` : sql`where position not in (select unnest(${[...except]}::bigint[]))`;
    const result = await sql<EventRow>`
      select e.position, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.actor, e.correlation_id, e.payload,
        e.occurred_at
      from (select position from outbox ${others} order by position limit ${limit} for update skip locked) waiting
      join events e on e.position = any(array[waiting.position])
      order by waiting.position`.execute(executor);
    return result.rows;
  }

  /** They have been handed on. The caller has taken them in this transaction, so that they cannot be gone. */
  async removeDispatched(executor: Executor, positions: readonly number[]): Promise<void> {
    await sql`delete from outbox where position = any(${[...positions]}::bigint[])`.execute(executor);
  }

  /** Which of these have been handed on. The others are going to be. */
  async toldOf(executor: Executor, positions: readonly number[]): Promise<ReadonlySet<number>> {
    const result = await sql<{ position: number }>`select fact.position
      from unnest(${[...positions]}::bigint[]) as fact (position)
      where (select true from outbox o where o.position = fact.position limit 1) is null`.execute(executor);
    return new Set(result.rows.map(({ position }) => position));
  }

  /** The facts of an order, and what became of its deliveries while it was not yet made; oldest first. */
  async ofOrder(executor: Executor, orderId: string): Promise<EventRow[]> {
    const result = await sql<EventRow>`
      select position, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload, occurred_at
      from events where aggregate_id = ${orderId} and aggregate_type = 'order'
      union all
      select e.position, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.actor, e.correlation_id,
        e.payload, e.occurred_at
      from deliveries d join events e on e.aggregate_id = d.id::text and e.aggregate_type = 'delivery'
      where d.order_id = ${orderId} and d.kind = 'order' and (e.type like 'operator.%' or e.type = 'delivery.overdue')
      order by position`.execute(executor);
    return result.rows;
  }
}
