import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/**
 * Statements kept per connection. Texts beyond this many run unnamed, so that queries whose text varies (lists of
 * filters) cannot fill the server's memory.
 */
const mostNames = 300;

/**
 * A pool whose clients prepare each statement under a name derived from its text, so that Postgres parses and plans it
 * once per connection. Needs a session connection: a transaction pooler would hand the name to another session.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      let wrapped = clients.get(client);
      if (!wrapped) clients.set(client, (wrapped = wrap(client, names)));
      return wrapped;
    },
  };
}

function wrap(client: pg.PoolClient, names: Map<string, string>): PostgresPoolClient {
  // A connection that has gone silent would be handed out again and again: the network tells nobody.
  let silent = false;
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query({ text, values: [...values], ...nameOf(text, values, names) });
    } catch (error) {
      silent ||= error instanceof Error && error.message === 'Query read timeout';
      throw error;
    }
  };
  // Kysely's type also has a call with a cursor, which only `stream()` makes and nothing here uses.
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release(silent) };
}

function nameOf(text: string, values: readonly unknown[], names: Map<string, string>): { name?: string } {
  if (values.length === 0) return {};
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= mostNames) return {};
    name = `v_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
    names.set(text, name);
  }
  return { name };
}
