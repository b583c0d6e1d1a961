import { AppError, type AskedBy } from '@visapi/backend-kernel';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

interface Row {
  readonly attempt: number;
  readonly outcome: { readonly value?: unknown } | null;
}

/**
 * Does what a request asks for, once for its Idempotency-Key: what it came to is written in the transaction that does it. A
 * later try of the same request (the process that did it was killed before it answered) is told that, and does nothing.
 * For one piece of work of a command, with all its effects; what nobody gave a key to is simply done.
 * @param executor the transaction of the work. It holds the request's row until it ends, so that two tries never meet
 * @param work what it returns must be plain JSON, without dates
 */
export async function once<T>(
  executor: Executor,
  { once: held }: Pick<AskedBy, 'once'>,
  work: () => Promise<T>,
): Promise<T> {
  if (!held) return await work();
  const result = await sql<Row>`
    select attempt, outcome from idempotency_keys where id = ${held.id} for update`.execute(executor);
  const row = result.rows[0];
  if (row?.attempt !== held.attempt) throw takenOver();
  if (row.outcome) return row.outcome.value as T;
  const value = await work();
  await sql`update idempotency_keys set outcome = ${JSON.stringify({ value })}::jsonb where id = ${held.id}`.execute(
    executor,
  );
  return value;
}

/**
 * The same for what is answered with a secret: only the id of what was made is written, and a later try is answered with that.
 * Called in the transaction that makes it.
 */
export async function markMade(
  executor: Executor,
  { once: held }: Pick<AskedBy, 'once'>,
  id: string,
): Promise<void> {
  if (!held) return;
  const result = await sql`update idempotency_keys set resource_id = ${id}
    where id = ${held.id} and attempt = ${held.attempt} and state = 'running' and resource_id is null`.execute(
    executor,
  );
  if (result.numAffectedRows !== 1n) throw takenOver();
}

function takenOver(): AppError {
  const message = 'A later try of the same request has taken over; ask again for its answer.';
  return new AppError('conflict', message, { retryAfterSeconds: 1 });
}
