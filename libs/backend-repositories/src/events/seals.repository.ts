import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

export interface Seal {
  readonly sequence: number;
  readonly lastPosition: number;
  readonly events: number;
  /** Hexadecimal. */
  readonly hash: string;
}

/** A seal that its rows do not bear out. */
export interface BrokenSeal {
  readonly sequence: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly problem: string;
}

/**
 * How long a question to the horizon stands before it is answered. A transaction draws its position a moment before the
 * database gives it a number that snapshots know; it must have one by then.
 */
const settleSeconds = 5;

/**
 * The bytes of an event that a seal stands for. Whatever of it changes changes them. An address counts when there is one:
 * without it the bytes are what they were before events had any, so that older seals stand.
 */
const digest = sql`sha256(convert_to((jsonb_build_array(e.position, e.id, e.type, e.aggregate_type, e.aggregate_id,
  e.aggregate_version, e.actor, e.correlation_id, e.payload, extract(epoch from e.occurred_at)::text)
  || case when e.ip is null then '[]'::jsonb else jsonb_build_array(e.ip) end)::text, 'UTF8'))`;

/** Seals of the history, appended in order. */
@Injectable()
export class SealsRepository {
  /**
   * Moves the horizon as far as nothing can appear below it any more: up to the newest position that was visible when
   * the question was asked, once every transaction that ran then has ended.
   * @returns the horizon
   */
  async advanceHorizon(executor: Executor): Promise<number> {
    const result = await sql<{ safePosition: number }>`
      with now as (select pg_current_snapshot() as snapshot),
      answered as (
        select h.id, pg_snapshot_xmin(now.snapshot) >= h.pending_xmax
          and h.pending_at < clock_timestamp() - make_interval(secs => ${settleSeconds}) as yes
        from event_horizon h, now
      )
      update event_horizon h set
        safe_position = case when yes then h.pending_position else h.safe_position end,
        pending_position = case when yes then coalesce((select max(position) from events), 0) else h.pending_position end,
        pending_xmax = case when yes then pg_snapshot_xmax(now.snapshot) else h.pending_xmax end,
        pending_at = case when yes then clock_timestamp() else h.pending_at end
      from answered, now where h.id = answered.id
      returning h.safe_position`.execute(executor);
    return result.rows[0]?.safePosition ?? 0;
  }

  /** Seals the next events up to the horizon, at most `limit` of them; undefined when there are none. */
  async sealNext(executor: Executor, horizon: number, limit: number): Promise<Seal | undefined> {
    const result = await sql<Seal>`
      with last as (
        select coalesce(max(sequence), 0) as sequence, coalesce(max(last_position), 0) as position from event_seals
      ), batch as (
        select e.position, ${digest} as digest from events e
        where e.position > (select position from last) and e.position <= ${horizon} order by e.position limit ${limit}
      ), summed as (
        select min(position) as first, max(position) as last, count(*)::int as events,
          string_agg(digest, ''::bytea order by position) as digests
        from batch having count(*) > 0
      )
      insert into event_seals (sequence, first_position, last_position, events, previous_hash, hash)
      select last.sequence + 1, summed.first, summed.last, summed.events, before.hash,
        sha256(before.hash || summed.digests)
      from summed, last,
        lateral (select coalesce((select hash from event_seals where sequence = last.sequence), ''::bytea) as hash) before
      returning sequence, last_position, events, encode(hash, 'hex') as hash`.execute(executor);
    return result.rows[0];
  }

  async lastSealed(executor: Executor): Promise<number> {
    const result = await sql<{ position: number }>`
      select coalesce(max(last_position), 0) as position from event_seals`.execute(executor);
    return result.rows[0]?.position ?? 0;
  }

  /**
   * Seals, from `sequence` on, whose rows or whose predecessor are not what they were when sealed.
   * @returns the broken ones and the last that was looked at; undefined when there was none to look at
   */
  async verify(
    executor: Executor,
    sequence: number,
    limit: number,
  ): Promise<{ readonly broken: BrokenSeal[]; readonly last: number; readonly events: number } | undefined> {
    const result = await sql<
      BrokenSeal & { events: number; found: number; isChained: boolean; isTrue: boolean }
    >`
      select s.sequence, s.first_position, s.last_position, s.events, coalesce(rows.found, 0) as found, '' as problem,
        s.previous_hash = coalesce((select hash from event_seals where sequence = s.sequence - 1), ''::bytea)
          and s.first_position > coalesce((select last_position from event_seals where sequence = s.sequence - 1), 0)
          as is_chained,
        s.hash = sha256(s.previous_hash || coalesce(rows.digests, ''::bytea)) as is_true
      from (select * from event_seals where sequence >= ${sequence} order by sequence limit ${limit}) s
      left join lateral (
        select count(*)::int as found, string_agg(${digest}, ''::bytea order by e.position) as digests
        from events e where e.position > coalesce((select last_position from event_seals where sequence = s.sequence - 1), 0)
          and e.position <= s.last_position
      ) rows on true
      order by s.sequence`.execute(executor);
    const last = result.rows.at(-1);
    if (!last) return undefined;
    const broken = result.rows
      .filter((row, index) => !row.isChained || !row.isTrue || row.sequence !== sequence + index)
      .map((row) => ({ ...row, problem: problemOf(row) }));
    const events = result.rows.reduce((sum, row) => sum + row.events, 0);
    return { broken, last: last.sequence, events };
  }
}

function problemOf(row: {
  readonly events: number;
  readonly found: number;
  readonly isChained: boolean;
}): string {
  if (!row.isChained) return 'the seal before it was changed or is gone';
  if (row.found < row.events) return `${row.events - row.found} of ${row.events} events are gone`;
  if (row.found > row.events) return `${row.found - row.events} events were added`;
  return 'an event or the seal was changed';
}
