import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DatabaseConfig, EncryptionConfig } from '@visapi/backend-config';
import { Log } from '@visapi/backend-observability';
import { Database } from './database.js';

/** Closes the pool when everything that used it has ended. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
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
    ];
    return { module: DatabaseModule, global: true, providers, exports: [Database] };
  }
}
