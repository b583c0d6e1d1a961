import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { EventRow } from './events.repository.js';
import type { Aggregate } from './fact-locks.js';

/** What went wrong with one try; holds nothing of anybody's data. */
export interface Failure {
  /** ISO 8601. */
  readonly at: string;
  readonly code: string;
  readonly message: string;
}

/** A fact that a handler has not taken. */
export interface BacklogEntry extends Aggregate {
  readonly handler: string;
  readonly position: number;
  readonly replayed: boolean;
  readonly state: 'waiting' | 'dead';
  readonly attempts: number;
  /** Until it is tried; null: when those before it are through. */
  readonly dueInMs: number | null;
  readonly errors: readonly Failure[];
}

/** Where the facts of an aggregate stop for a handler: from this position on they wait. */
export interface Block extends Aggregate {
  readonly handler: string;
  readonly position: number;
}

/** The first waiting fact of an aggregate, with its event. */
export interface Head {
  readonly fact: EventRow;
  readonly replayed: boolean;
  readonly attempts: number;
  readonly errors: readonly Failure[];
}

const pending = sql`state in ('waiting', 'dead')`;

/** What waits for a handler. Whoever writes here holds the aggregate (`fact-locks.ts`), so that nothing comes between. */
@Injectable()
export class BacklogRepository {
  /** Of these aggregates, those that have facts waiting for one of these handlers. */
  async blocks(
    executor: Executor,
    handlers: readonly string[],
    aggregates: readonly Aggregate[],
  ): Promise<Block[]> {
    const result = await sql<Block>`
      select b.handler, b.aggregate_type, b.aggregate_id, min(b.position) as position
      from unnest(${[...handlers]}::text[]) as wanted (handler),
        unnest(${aggregates.map(({ aggregateType }) => aggregateType)}::text[],
          ${aggregates.map(({ aggregateId }) => aggregateId)}::text[]) as it (aggregate_type, aggregate_id),
        handler_backlog b
      where b.handler = wanted.handler and b.aggregate_id = it.aggregate_id and b.aggregate_type = it.aggregate_type
        and b.handler = any(${[...handlers]}::text[])
        and b.aggregate_id = any(${aggregates.map(({ aggregateId }) => aggregateId)}::text[])
        and b.state in ('waiting', 'dead')
      group by 1, 2, 3`.execute(executor);
    return result.rows;
  }

  /** What waits already stays as it is; what was settled once (a replay tells it again) waits anew. */
  async append(executor: Executor, entries: readonly BacklogEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(({ errors, ...entry }) => ({
      ...entry,
      errors,
      problem: errors.at(-1)?.code ?? null,
    }));
    await sql`
      insert into handler_backlog (handler, position, aggregate_type, aggregate_id, replayed, state, attempts, due_at,
        problem, errors)
      select handler, position, "aggregateType", "aggregateId", replayed, state, attempts,
        clock_timestamp() + make_interval(secs => "dueInMs" / 1000), problem, errors
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (handler text, position bigint,
        "aggregateType" text, "aggregateId" text, replayed boolean, state text, attempts integer, "dueInMs" float8,
        problem text, errors jsonb)
      on conflict (handler, position) do update set replayed = excluded.replayed, state = excluded.state,
        attempts = excluded.attempts, due_at = excluded.due_at, problem = excluded.problem, errors = excluded.errors,
        settled_at = null
        where handler_backlog.state in ('done', 'discarded')`.execute(executor);
  }

  /** Facts whose time has come, of these handlers; longest due first. */
  async due(executor: Executor, handlers: readonly string[], limit: number): Promise<Block[]> {
    const result = await sql<Block>`
      select handler, position, aggregate_type, aggregate_id from handler_backlog
      where state = 'waiting' and due_at <= now() and handler = any(${[...handlers]}::text[])
      order by due_at limit ${limit}`.execute(executor);
    return result.rows;
  }

  /** The fact, if its time has come and it is the first of its aggregate that waits. */
  async head(executor: Executor, { handler, position, ...aggregate }: Block): Promise<Head | undefined> {
    const result = await sql<EventRow & Omit<Head, 'fact'>>`
      select e.position, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.actor, e.correlation_id, e.payload,
        e.occurred_at, b.replayed, b.attempts, b.errors
      from handler_backlog b join events e on e.position = b.position
      where b.handler = ${handler} and b.position = ${position} and b.state = 'waiting' and b.due_at <= clock_timestamp()
        and not exists (select from handler_backlog before where before.handler = ${handler}
          and before.aggregate_id = ${aggregate.aggregateId} and before.aggregate_type = ${aggregate.aggregateType}
          and before.state in ('waiting', 'dead') and before.position < ${position})`.execute(executor);
    const [row] = result.rows;
    if (!row) return undefined;
    const { replayed, attempts, errors, ...fact } = row;
    return { fact, replayed, attempts, errors };
  }

  /** It has been taken, or nobody wants it any more: the next of its aggregate is due. */
  async settle(
    executor: Executor,
    { handler, position, ...aggregate }: Block,
    state: 'done' | 'discarded',
  ): Promise<void> {
    await this.hit(
      sql<{ position: number }>`
      update handler_backlog set state = ${state}, due_at = null, settled_at = clock_timestamp()
      where handler = ${handler} and position = ${position} and ${pending} returning position`,
      executor,
    );
    await sql`
      update handler_backlog set due_at = clock_timestamp() where handler = ${handler} and position = (
        select min(position) from handler_backlog where handler = ${handler} and aggregate_id = ${aggregate.aggregateId}
          and aggregate_type = ${aggregate.aggregateType} and ${pending})
      and state = 'waiting' and due_at is null`.execute(executor);
  }

  /** A try failed: when the next one is, or that there is none. */
  async fail(
    executor: Executor,
    { handler, position }: Block,
    entry: Pick<BacklogEntry, 'state' | 'attempts' | 'dueInMs' | 'errors'>,
  ): Promise<void> {
    const { state, attempts, dueInMs, errors } = entry;
    await this.hit(
      sql<{ position: number }>`
      update handler_backlog set state = ${state}, attempts = ${attempts}, problem = ${errors.at(-1)?.code ?? null},
        errors = ${JSON.stringify(errors)}::jsonb,
        due_at = clock_timestamp() + make_interval(secs => ${dueInMs}::float8 / 1000)
      where handler = ${handler} and position = ${position} and state = 'waiting' returning position`,
      executor,
    );
  }

  /** A dead one gets all its tries again, now. */
  async reopen(executor: Executor, handler: string, position: number): Promise<void> {
    await this.hit(
      sql<{ position: number }>`
      update handler_backlog set state = 'waiting', attempts = 0, due_at = clock_timestamp()
      where handler = ${handler} and position = ${position} and state = 'dead' returning position`,
      executor,
    );
  }

  private async hit(
    statement: ReturnType<typeof sql<{ position: number }>>,
    executor: Executor,
  ): Promise<void> {
    if ((await statement.execute(executor)).rows.length !== 1)
      throw new Error('A waiting fact cannot vanish while its aggregate is held');
  }
}
