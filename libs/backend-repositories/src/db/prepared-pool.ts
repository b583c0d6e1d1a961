import { createHash } from 'node:crypto';
import { unlessLate } from '@visapi/backend-kernel';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { asPoolClient, PooledClient } from './pooled-client.js';

/**
 * Statements kept per connection. Texts beyond this many run unnamed, so that queries whose text varies (lists of
 * filters) cannot fill the server's memory.
 */
const mostNames = 300;

type Naming = ConstructorParameters<typeof PooledClient>[2];

/**
 * A pool whose clients prepare each statement under a name derived from its text, so that Postgres parses and plans it
 * once per connection. Needs a session connection: a transaction pooler would hand the name to another session.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  return wrapping(pool, (text, values) => nameOf(text, values, names));
}

/** The same pool with every statement planned anew. */
export function planning(pool: pg.Pool): PostgresPool {
  return wrapping(pool, () => ({}));
}

function wrapping(pool: pg.Pool, naming: Naming): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await connect(pool);
      let wrapped = clients.get(client);
      if (!wrapped) clients.set(client, (wrapped = asPoolClient(new PooledClient(client, pool, naming))));
      return wrapped;
    },
  };
}

/** Waits for a connection until the deadline; one that comes later goes back. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  const coming = pool.connect();
  try {
    return await unlessLate(coming);
  } catch (error) {
    coming.then(
      (client) => client.release(),
      () => undefined,
    );
    throw error;
  }
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
