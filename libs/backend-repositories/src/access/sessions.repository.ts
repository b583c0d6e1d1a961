import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

export type SessionMethod =
  'password' | 'magic-link' | 'recovery' | 'signup' | 'invite' | 'email-change' | 'elsewhere';

export type SessionEnd =
  'signed-out' | 'signed-out-everywhere' | 'password-changed' | 'token-reused' | 'refused';

export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly method: SessionMethod;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** Which sessions of a user: one, all, or all but one. */
export interface SessionChoice {
  readonly userId: string;
  readonly only?: string;
  readonly except?: string;
}

const columns = ['id', 'userId', 'method', 'startedAt', 'endedAt'] as const;

@Injectable()
export class SessionsRepository {
  /** Writes down a session unless it is there. @returns it as it is, and whether it is new */
  async see(
    executor: Executor,
    session: { readonly id: string; readonly userId: string; readonly method: SessionMethod },
  ): Promise<SessionRow & { readonly isNew: boolean }> {
    const row = await executor
      .insertInto('sessions')
      .values(session)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning(columns)
      .executeTakeFirst();
    if (row) return { ...(row as SessionRow), isNew: true };
    const found = await this.find(executor, session.id);
    if (!found) throw new Error('A session that is there cannot be read');
    return { ...found, isNew: false };
  }

  async find(executor: Executor, id: string): Promise<SessionRow | undefined> {
    const row = await executor.selectFrom('sessions').select(columns).where('id', '=', id).executeTakeFirst();
    return row as SessionRow | undefined;
  }

  /** Ends those that have not ended. @returns their ids and the number of the fact that tells of it */
  async end(
    executor: Executor,
    { userId, only, except }: SessionChoice,
    reason: SessionEnd,
  ): Promise<readonly { readonly id: string; readonly eventVersion: number }[]> {
    return await executor
      .updateTable('sessions')
      .set((each) => ({
        endedAt: sql<Date>`now()`,
        endReason: reason,
        eventVersion: each('eventVersion', '+', 1),
      }))
      .where('userId', '=', userId)
      .where('endedAt', 'is', null)
      .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
      .$if(except !== undefined, (query) => query.where('id', '<>', except ?? ''))
      .returning(['id', 'eventVersion'])
      .execute();
  }

  /** The number of the next fact about a session. */
  async nextVersion(executor: Executor, id: string): Promise<number> {
    const row = await executor
      .updateTable('sessions')
      .set((each) => ({ eventVersion: each('eventVersion', '+', 1) }))
      .where('id', '=', id)
      .returning('eventVersion')
      .executeTakeFirstOrThrow();
    return row.eventVersion;
  }

  /**
   * Ids of the sessions that ended since a time, and the database's time now. Somewhat before, too: a transaction that was
   * not yet committed at the last look shows the time at which it began.
   * @param since undefined = for as long as access tokens live at most (a week)
   */
  async endedSince(
    executor: Executor,
    since: Date | undefined,
  ): Promise<{ readonly ids: readonly string[]; readonly at: Date }> {
    const { rows } = await sql<{ ids: string[]; at: Date }>`
      select coalesce(array_agg(s.id), '{}') as ids, now() as at from sessions s
      where s.ended_at >= coalesce(${since ?? null}::timestamptz - interval '1 minute', now() - interval '8 days')`.execute(
      executor,
    );
    const [row] = rows;
    if (!row) throw new Error('The database does not tell its time');
    return row;
  }

  /**
   * Forgets sessions of a user that ended or were renewed last so long ago that no access token of theirs is alive, with their
   * tokens, and of those that go on the tokens that were exchanged then. Supabase still tells whether one of them is good.
   */
  async forgetOld(executor: Executor, userId: string): Promise<void> {
    await sql`
      delete from sessions s where s.user_id = ${userId} and (s.ended_at < now() - interval '90 days'
        or (s.ended_at is null and s.started_at < now() - interval '90 days' and not exists (
          select from session_tokens t where t.session_id = s.id and t.created_at > now() - interval '90 days')))`.execute(
      executor,
    );
    await sql`
      delete from session_tokens t using sessions s
      where s.user_id = ${userId} and t.session_id = s.id and t.used_at < now() - interval '90 days'`.execute(
      executor,
    );
  }

  /** A refresh token was given out. */
  async addToken(executor: Executor, tokenHash: Buffer, sessionId: string): Promise<void> {
    await executor
      .insertInto('sessionTokens')
      .values({ tokenHash, sessionId })
      .onConflict((conflict) => conflict.column('tokenHash').doNothing())
      .execute();
  }

  /** The session of a refresh token that was given out, used or not; undefined when nobody here knows it. */
  async findToken(
    executor: Executor,
    tokenHash: Buffer,
  ): Promise<(SessionRow & { readonly usedAt: Date | null }) | undefined> {
    const row = await executor
      .selectFrom('sessionTokens as t')
      .innerJoin('sessions as s', 's.id', 't.sessionId')
      .select(['s.id', 's.userId', 's.method', 's.startedAt', 's.endedAt', 't.usedAt'])
      .where('t.tokenHash', '=', tokenHash)
      .executeTakeFirst();
    return row as (SessionRow & { usedAt: Date | null }) | undefined;
  }

  /** @returns whether it was unused until now: of two who use it at once, one is told so */
  async useToken(executor: Executor, tokenHash: Buffer): Promise<boolean> {
    const result = await executor
      .updateTable('sessionTokens')
      .set({ usedAt: sql<Date>`now()` })
      .where('tokenHash', '=', tokenHash)
      .where('usedAt', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  /** It was not used after all: nobody answered who could have exchanged it. */
  async releaseToken(executor: Executor, tokenHash: Buffer): Promise<void> {
    await executor
      .updateTable('sessionTokens')
      .set({ usedAt: null })
      .where('tokenHash', '=', tokenHash)
      .execute();
  }
}
