import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { asAppRole } from '#launcher/environment.ts';
import { migrateDatabase } from '#launcher/prepare-database.ts';
import type { Secrets } from '#launcher/secrets.ts';
import type { Guardian } from '#services/guardian.ts';
import { ensureDatabase, postgresService } from '#services/postgres.ts';
import { Server } from './server.ts';

/** A migrated database, and its server when that may be stopped. */
export interface Databases {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly postgres: Server | undefined;
  drop(): Promise<void>;
}

export interface Home {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly guardian: Guardian;
}

/** A Postgres of its own, with its data in the system's folder. */
export async function ownPostgres({ folder, secrets, guardian }: Home, durable: boolean): Promise<Databases> {
  const password = randomBytes(12).toString('hex');
  const service = await postgresService({ directory: join(folder, 'postgres'), password, durable });
  const postgres = new Server(service, guardian);
  await postgres.start();
  await ensureDatabase(service, 'visapi');
  const ownerUrl = service.urlOf('visapi');
  await migrateDatabase(ownerUrl, secrets.appPassword);
  const appUrl = asAppRole(ownerUrl, secrets.appPassword);
  return { ownerUrl, appUrl, postgres, drop: () => postgres.stop() };
}
