import { newCorrelationId, SCOPES } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository, UsersRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { hashSecret, splitKey } from './api-key.js';
import {
  AppointAdministrator,
  AppointAdministratorHandler,
} from './commands/appoint-administrator.command.js';

export const ALL_SCOPES: readonly string[] = SCOPES;

/**
 * Makes sure that the given keys exist with exactly these secrets and scopes. For installations that bring their first
 * credentials with them: the launcher, tests, a deployment's first key.
 * @param options.databaseUrl a role that may write `api_keys`
 */
export async function seedApiKeys(options: {
  databaseUrl: string;
  pepper: string;
  keys: readonly { name: string; key: string; scopes: readonly string[] }[];
}): Promise<void> {
  const database = Database.open({ url: options.databaseUrl, poolMax: 1 }, 'visapi-seed', () => undefined);
  const repository = new ApiKeysRepository();
  try {
    for (const { name, key, scopes } of options.keys) {
      const parts = splitKey(key);
      if (!parts) throw new Error(`The key of "${name}" has not the form <prefix>.<secret>`);
      const hashedSecret = hashSecret(parts.secret, options.pepper);
      await repository.upsert(database.db, { name, prefix: parts.prefix, hashedSecret, scopes });
    }
  } finally {
    await database.close();
  }
}

/**
 * Makes sure that somebody whom Supabase Auth knows is an administrator, before they have signed in here. For the embedded
 * installation; others appoint theirs with a key that `seedApiKeys` gave (`npm run visapi -- users role`).
 * @param options.databaseUrl a role that may write `users`
 */
export async function seedAdministrator(options: {
  databaseUrl: string;
  id: string;
  email: string;
}): Promise<void> {
  const { databaseUrl, id, email } = options;
  const database = Database.open({ url: databaseUrl, poolMax: 1 }, 'visapi-seed', () => undefined);
  const appoint = new AppointAdministratorHandler(database, new UsersRepository(), new EventsRepository());
  try {
    const by = { actor: 'seed', correlationId: newCorrelationId() };
    await appoint.execute(new AppointAdministrator(id, email, by));
  } finally {
    await database.close();
  }
}
