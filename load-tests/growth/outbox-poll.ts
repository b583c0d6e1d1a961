import type { Database } from '@visapi/backend-repositories';
import type { Environment } from '../system/environment.ts';

/** Facts that the relay takes at once. */
const BATCH = 100;

export interface OutboxPoll {
  /** ms of each of so many looks: the idle relay's question and, when something waits, its reading of a batch. */
  readonly look: (times: number) => Promise<number[]>;
  readonly close: () => Promise<void>;
}

/** The relay's reading beside that of the worker itself: same options of the connection, prepared, one transaction a batch. */
export async function openOutboxPoll({ DATABASE_URL: url }: Environment): Promise<OutboxPoll> {
  if (url === undefined) throw new Error('The pipeline has no DATABASE_URL');
  const { Database } = await import('@visapi/backend-repositories');
  const { EventsRepository } = await import('@visapi/backend-repositories/events');
  // A restart of Postgres breaks the idle connection; the pool replaces it.
  const database: Database = Database.open({ url, poolMax: 1 }, 'visapi-bench', () => undefined);
  const events = new EventsRepository();
  const take = async (): Promise<number> => {
    const began = performance.now();
    const { isUndispatched } = await events.anyWork(database.db, []);
    if (!isUndispatched) return performance.now() - began;
    await database.db.transaction().execute((transaction) => events.takeUndispatched(transaction, BATCH));
    return performance.now() - began;
  };
  return {
    look: async (times) => {
      const took: number[] = [];
      for (let n = 0; n < times; n += 1) took.push(await take());
      return took;
    },
    close: () => database.close(),
  };
}
