import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/**
 * Runs part of a transaction so that, when it throws, its writes alone are undone and the transaction goes on.
 * @throws what the part threw; or that the connection is gone, when the part cannot even be undone
 */
export async function inSavepoint<T>(
  transaction: Executor,
  work: (executor: Executor) => Promise<T>,
): Promise<T> {
  await sql`savepoint part`.execute(transaction);
  try {
    const result = await work(transaction);
    await sql`release savepoint part`.execute(transaction);
    return result;
  } catch (error) {
    await sql`rollback to savepoint part`.execute(transaction);
    throw error;
  }
}
