import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { residentMb } from './memory.ts';
import { OPEN_ROWS, type OpenRows } from '../verify/open-rows.ts';
import type { Pipeline } from './pipeline.ts';

/** One look at a running pipeline. */
export interface Look {
  /** Since the watch began. */
  readonly seconds: number;
  /** MB of each of our processes. */
  readonly memory: Readonly<Record<string, number>>;
  /** Database connections of each of our processes. */
  readonly connections: Readonly<Record<string, number>>;
  readonly open: OpenRows;
}

const CONNECTIONS = `
  select application_name as name, count(*)::int as n from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and application_name <> 'visapi-bench'
  group by 1`;

/** Looks at backend and worker every so often while `work` runs. */
export async function watching<T>(
  pipeline: Pipeline,
  everyMs: number,
  work: () => Promise<T>,
): Promise<{ result: T; looks: Look[] }> {
  const client = new pg.Client({
    connectionString: pipeline.databaseUrl,
    application_name: 'visapi-bench',
  });
  await client.connect();
  const begun = performance.now();
  const looks: Look[] = [];
  const ended = new AbortController();
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      looks.push(await look(client, pipeline, (performance.now() - begun) / 1000));
      // Ends early when the work is done.
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const watched = watch();
  // Told when it is awaited, which is when the work is done.
  watched.catch(() => undefined);
  try {
    return { result: await work(), looks };
  } finally {
    ended.abort();
    await watched.finally(() => client.end());
  }
}

async function look(client: pg.Client, { pids }: Pipeline, seconds: number): Promise<Look> {
  const ours = Object.entries(pids).filter(([name]) => name !== 'sandbox');
  const memory = Object.fromEntries(ours.map(([name, pid]) => [name, residentMb(pid)]));
  const held = await client.query<{ name: string; n: number }>(CONNECTIONS);
  const [open] = (await client.query<OpenRows>(OPEN_ROWS)).rows;
  if (!open) throw new Error('The count of open rows answered nothing');
  return {
    seconds,
    memory,
    connections: Object.fromEntries(held.rows.map(({ name, n }) => [name, n])),
    open,
  };
}
