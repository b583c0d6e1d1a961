import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { DatabaseConfig, EncryptionConfig } from '@visapi/backend-config';
import { Log } from '@visapi/backend-observability';
import { vaultOf } from '../privacy/vault.js';
import { Database } from './database.js';
import { isDatabaseUnavailable } from './errors.js';

/** Closes the pool when everything that used it has ended. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** A process with keys that are not this installation's does not start: what it wrote, nobody else could read. */
class KeyringCheck implements OnApplicationBootstrap {
  constructor(private readonly database: Database) {}

  async onApplicationBootstrap(): Promise<void> {
    try {
      await vaultOf(this.database.db).check();
    } catch (error) {
      // A process starts without its database, too; whoever first seals something is told.
      if (isDatabaseUnavailable(error)) return;
      // Nobody closes what never started; its connections would keep the process alive.
      await this.database.close();
      throw error;
    }
  }
}

@Module({})
export class DatabaseModule {
  /** One pool per process. Idle connections that break (a restart of Postgres) are logged and replaced. */
  static forRoot(config: DatabaseConfig, encryption: EncryptionConfig, name: string): DynamicModule {
    const open = (log: Log): Database =>
      Database.open(config, name, (error) => log.warn('database connection', {}, error), encryption);
    const providers = [
      { provide: Database, inject: [Log], useFactory: open },
      {
        provide: DatabaseCloser,
        inject: [Database],
        useFactory: (database: Database) => new DatabaseCloser(database),
      },
      {
        provide: KeyringCheck,
        inject: [Database],
        useFactory: (database: Database) => new KeyringCheck(database),
      },
    ];
    return { module: DatabaseModule, global: true, providers, exports: [Database] };
  }
}
