import { setTimeout as pause } from 'node:timers/promises';
import { currentDeadline } from '@visapi/backend-kernel';
import type { PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { errorCode } from './errors.js';
import { requestCancel } from './request-cancel.js';

/** How long a cancel request, and then the statement's end, is waited for; twice, then the connection is given up. */
const patienceMs = 400;
const mostAttempts = 2;

/**
 * A connection whose statements end with the deadline of their caller. What runs then is cancelled in the database, and
 * neither the next statement nor the next user of the connection comes before the cancelling is over. A commit under way
 * is never cancelled: its outcome is the answer. A rollback always runs.
 */
export class PooledClient {
  /** Why this connection must not be used any more. */
  private lost: Error | undefined;
  private cancelling: Promise<void> | undefined;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly pool: pg.Pool,
    private readonly nameOf: (text: string, values: readonly unknown[]) => { name?: string },
  ) {}

  async query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    if (this.cancelling) await this.cancelling;
    if (this.lost) throw this.lost;
    const deadline = text.startsWith('rollback') ? undefined : currentDeadline();
    deadline?.throwIfAborted();
    const running = this.client.query({ text, values: [...values], ...this.nameOf(text, values) });
    try {
      return await (deadline && text !== 'commit' ? this.within(deadline, running) : running);
    } catch (error) {
      // A connection that has gone silent would be handed out again and again: the network tells nobody.
      if (error instanceof Error && error.message === 'Query read timeout') this.lost = error;
      throw error;
    }
  }

  /** @param isDiscarded the caller does not know what state the connection is in */
  release(isDiscarded = false): void {
    const give = (): void => {
      this.cancelling = undefined;
      this.client.release(isDiscarded || this.lost !== undefined);
    };
    if (this.cancelling) void this.cancelling.then(give);
    else give();
  }

  private async within(deadline: AbortSignal, running: Promise<pg.QueryResult>): Promise<pg.QueryResult> {
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    const stop = (): void => {
      const reason = deadline.reason as Error;
      this.cancelling = this.cancel(running, reason).then(() => {
        if (this.lost) reject(reason);
      });
    };
    deadline.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([running, givenUp]);
    } catch (error) {
      throw deadline.aborted && errorCode(error) === '57014' ? deadline.reason : error;
    } finally {
      deadline.removeEventListener('abort', stop);
    }
  }

  /** Resolves when the statement has ended and nothing can hit a later one, or when the connection counts as lost. */
  private async cancel(running: Promise<pg.QueryResult>, reason: Error): Promise<void> {
    const ended = running.then(
      () => true,
      () => true,
    );
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      if (!(await requestCancel(this.client, this.pool.options.connectionString, patienceMs))) break;
      // The request may have overtaken the statement.
      if (await Promise.race([ended, pause(patienceMs, false)])) return;
    }
    this.lost = reason;
  }
}

/** As Kysely wants it. Its type also has a call with a cursor, which only `stream()` makes and nothing here uses. */
export function asPoolClient(client: PooledClient): PostgresPoolClient {
  return client as unknown as PostgresPoolClient;
}
