import { join } from 'node:path';
import type { NestFactory } from '@nestjs/core';
import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ensureBuilt } from '../launcher/build.ts';
import { readSettings } from '../launcher/settings.ts';
import { readJson } from '../services/files.ts';
import { Problem } from '../services/problem.ts';

type Context = Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The modules of the system on its database, without anything that listens or works by itself. */
export interface OpenSystem {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  /** Hours after an order's first delivery within which its customer is told by itself. */
  readonly confirmWithinHours: number;
  close(): Promise<void>;
}

/** @throws Problem when no system is named, or its database does not answer as it should */
export async function openSystem(env: Environment): Promise<OpenSystem> {
  const url = await findDatabase(env);
  const ENCRYPTION_KEYS = env['ENCRYPTION_KEYS'] ?? (await keysOfHome(env));
  await ensureBuilt();
  // Imported when they are there: the build has just made them.
  const { NestFactory } = await import('@nestjs/core');
  const { CommandBus: Commands, QueryBus: Queries } = await import('@nestjs/cqrs');
  const { loadConfig, slices } = await import('@visapi/backend-config');
  const { HistoryModule } = await import('@visapi/backend-events');
  const { Log, nestLogger, ObservabilityModule } = await import('@visapi/backend-observability');
  const { OperationsModule, PrivacyModule } = await import('@visapi/backend-operations');
  const { OrdersModule } = await import('@visapi/backend-orders');
  const { DatabaseModule } = await import('@visapi/backend-repositories');
  const { process: processSlice, database, encryption, messaging } = slices;
  const given = { LOG_LEVEL: 'error', ...env, DATABASE_URL: url, ENCRYPTION_KEYS };
  const config = orProblem(() =>
    loadConfig(given, { process: processSlice, database, encryption, messaging }),
  );
  const log = Log.create(config.process, 'visapi');
  const root = {
    module: OrdersModule,
    imports: [
      ObservabilityModule.forRoot(config.process, log),
      DatabaseModule.forRoot(config.database, config.encryption, 'visapi-cli'),
      HistoryModule,
      OperationsModule,
      PrivacyModule,
    ],
  };
  const options = { logger: nestLogger(log), abortOnError: false };
  const app = await NestFactory.createApplicationContext(root, options).catch(explainKeys);
  await hear(app);
  return {
    commands: app.get(Commands),
    queries: app.get(Queries),
    confirmWithinHours: config.messaging.confirmWithinHours,
    close: async () => await app.close(),
  };
}

/** @throws Problem that says what is missing */
export async function findDatabase(env: Environment): Promise<string> {
  if (env['DATABASE_URL']) return env['DATABASE_URL'];
  const file = join(readSettings(env).home, 'dev.json');
  const running = await readJson<{ readonly appDatabaseUrl?: string }>(file);
  if (running?.appDatabaseUrl) return running.appDatabaseUrl;
  throw new Problem(
    `no system found: DATABASE_URL is not set, and ${running ? `${file} names no database` : `there is no ${file}`}`,
    'Start one with npm start (and set VISAPI_HOME as it does), or set DATABASE_URL to its database, as the application’s role.',
  );
}

/** What the system of this home seals data with; undefined when it is not one that was started by us. */
async function keysOfHome(env: Environment): Promise<string | undefined> {
  if (env['DATABASE_URL']) return undefined;
  const secrets = await readJson<{ readonly encryptionKeys?: string }>(
    join(readSettings(env).home, 'secrets.json'),
  );
  return secrets?.encryptionKeys;
}

/** @throws Problem: with other keys than the system's, nothing of it can be opened */
function explainKeys(cause: Error): never {
  throw new Problem(
    cause.message,
    'Set DATABASE_URL and ENCRYPTION_KEYS as the processes of the system have them.',
    {
      cause,
    },
  );
}

/** Closes what does not answer. @throws Problem that says how it fails */
async function hear(app: Context): Promise<void> {
  const { Database } = await import('@visapi/backend-repositories');
  const { HealthRepository } = await import('@visapi/backend-repositories/operations');
  try {
    await app.get(HealthRepository).ping(app.get(Database).db);
  } catch (cause) {
    await app.close();
    const { message, code } = cause as { readonly message?: string; readonly code?: string };
    throw new Problem(
      `the database does not answer: ${message || code || String(cause)}`,
      'See that it runs, and that DATABASE_URL (or the dev.json in $VISAPI_HOME) names it and its user.',
      { cause },
    );
  }
}

/** What is wrong with the environment is said in words already. */
function orProblem<T>(load: () => T): T {
  try {
    return load();
  } catch (cause) {
    throw new Problem(
      (cause as Error).message,
      'Correct these variables; docs/environment.md lists them all.',
      {
        cause,
      },
    );
  }
}
