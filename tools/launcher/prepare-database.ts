import { join } from 'node:path';
import type { Secrets } from './secrets.ts';
import { REPOSITORY } from './settings.ts';

// Imported when they are needed: the launcher builds them first.

/** Applies the migrations as the owner and gives the application's role its password. */
export async function migrateDatabase(databaseUrl: string, appPassword: string): Promise<string> {
  const { migrate, setAppRolePassword } = await import('@visapi/backend-repositories/migrate');
  const { applied } = await migrate({ databaseUrl, directory: join(REPOSITORY, 'supabase', 'migrations') });
  await setAppRolePassword({ databaseUrl, password: appPassword });
  return applied.length ? `${applied.length} applied` : 'nothing new';
}

/** Whoever signs in as the administrator of dev.json may do everything. */
export async function seedAdmin(databaseUrl: string, id: string, email: string): Promise<void> {
  const { seedAdministrator } = await import('@visapi/backend-access/seed');
  await seedAdministrator({ databaseUrl, id, email });
}

/** The administrator's key holds every scope, the shop's key only its webhook. */
export async function seedCredentials(databaseUrl: string, pepper: string, secrets: Secrets): Promise<void> {
  const { ALL_SCOPES, seedApiKeys } = await import('@visapi/backend-access/seed');
  await seedApiKeys({
    databaseUrl,
    pepper,
    keys: [
      { name: 'npm start: administrator', key: secrets.adminApiKey, scopes: [...ALL_SCOPES] },
      { name: 'npm start: Vizi', key: secrets.viziApiKey, scopes: ['webhook:vizi'] },
    ],
  });
}
