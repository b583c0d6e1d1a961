import { query } from './query.ts';
import type { Services } from './services.ts';

/**
 * Transactions that were committed in a database since it was made. A session reports its own when it ends, or after some
 * time without work: to count them all, stop who made them first.
 */
export async function commitsOf({ ownerUrl }: Services, databaseUrl: string): Promise<number> {
  const [row] = await query<{ commits: number }>(
    ownerUrl,
    'select xact_commit::int as commits from pg_stat_database where datname = $1',
    [new URL(databaseUrl).pathname.slice(1)],
  );
  if (!row) throw new Error('Postgres counts no commits of this database');
  return row.commits;
}
