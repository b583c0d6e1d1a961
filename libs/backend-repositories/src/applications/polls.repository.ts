import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** How long a run holds without a sign of life. */
const leaseSeconds = 60;

export interface PollRun {
  readonly token: string;
  /** An operator asked for this run. */
  readonly wasRequested: boolean;
  /** Whose word it is that what was completed before `bootstrapAt` was told by other means; null = none. */
  readonly bootstrapBy: string | null;
  readonly bootstrapReason: string | null;
  readonly bootstrapAt: Date | null;
}

export interface PollState {
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly problem: string | null;
  readonly seen: number;
  readonly isRunning: boolean;
  readonly isRequested: boolean;
}

/** Runs of what is asked of an outside system at intervals: one at a time over all workers. */
@Injectable()
export class PollsRepository {
  /**
   * Takes the next run if one is due or asked for and nobody is at it. `everySeconds` 0 = only when asked for. A run whose
   * worker died is taken over as what it was: nobody else knows that somebody had asked for it.
   */
  async claim(
    executor: Executor,
    name: string,
    token: string,
    everySeconds: number,
  ): Promise<PollRun | undefined> {
    const result = await sql<PollRun>`
      with due as (
        select name, requested or claim_token is not null as requested from polls
        where name = ${name} and due_at <= clock_timestamp()
          and (requested or claim_token is not null or ${everySeconds}::int > 0)
          and (lease_until is null or lease_until < clock_timestamp())
        for update skip locked
      )
      update polls p set claim_token = ${token}, started_at = clock_timestamp(), requested = false,
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from due where p.name = due.name
      returning p.claim_token as token, due.requested as was_requested, p.bootstrap_by, p.bootstrap_reason, p.bootstrap_at`.execute(
      executor,
    );
    return result.rows[0];
  }

  /** A sign of life. @returns false when the run was taken over by another worker */
  async renew(executor: Executor, name: string, token: string): Promise<boolean> {
    const result = await sql`
      update polls set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      where name = ${name} and claim_token = ${token}`.execute(executor);
    return (result.numAffectedRows ?? 0n) > 0n;
  }

  /**
   * @param problem why the run did not come to its end; null when it did, which also ends a bootstrap. What an operator
   * asked for stays wanted until it is done.
   */
  async finish(
    executor: Executor,
    name: string,
    run: PollRun,
    end: { readonly problem: string | null; readonly seen: number; readonly nextInSeconds: number },
  ): Promise<void> {
    const isDone = end.problem === null;
    await sql`
      update polls set lease_until = null, claim_token = null, finished_at = clock_timestamp(),
        problem = ${end.problem}, seen = case when ${isDone}::boolean then ${end.seen} else seen end,
        requested = requested or (${run.wasRequested}::boolean and not ${isDone}::boolean),
        due_at = case when requested then due_at
          else clock_timestamp() + make_interval(secs => ${end.nextInSeconds}) end,
        bootstrap_by = case when ${isDone}::boolean and bootstrap_at is not distinct from ${run.bootstrapAt}::timestamptz
          then null else bootstrap_by end,
        bootstrap_reason = case when ${isDone}::boolean and bootstrap_at is not distinct from ${run.bootstrapAt}::timestamptz
          then null else bootstrap_reason end,
        bootstrap_at = case when ${isDone}::boolean and bootstrap_at is not distinct from ${run.bootstrapAt}::timestamptz
          then null else bootstrap_at end
      where name = ${name} and claim_token = ${run.token}`.execute(executor);
  }

  async request(
    executor: Executor,
    name: string,
    bootstrap: { readonly by: string; readonly reason: string } | null,
  ): Promise<void> {
    await sql`
      update polls set requested = true, due_at = clock_timestamp(), bootstrap_by = coalesce(${bootstrap?.by ?? null}, bootstrap_by),
        bootstrap_reason = coalesce(${bootstrap?.reason ?? null}, bootstrap_reason),
        bootstrap_at = case when ${bootstrap !== null}::boolean then date_trunc('milliseconds', clock_timestamp())
          else bootstrap_at end
      where name = ${name}`.execute(executor);
  }

  async state(executor: Executor, name: string): Promise<PollState> {
    const result = await sql<PollState>`
      select started_at, finished_at, problem, seen, requested as is_requested,
        coalesce(lease_until > clock_timestamp(), false) as is_running
      from polls where name = ${name}`.execute(executor);
    const [state] = result.rows;
    if (!state) throw new Error(`There is no poll ${name}: the migration that names it has not run`);
    return state;
  }
}
