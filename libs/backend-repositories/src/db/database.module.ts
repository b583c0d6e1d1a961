import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DatabaseConfig } from '@visapi/backend-config';
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
  /** One pool per process. `onIdleError` hears of idle connections that broke; the pool replaces them. */
  static forRoot(config: DatabaseConfig, name: string, onIdleError: (error: Error) => void): DynamicModule {
    const providers = [
      { provide: Database, useFactory: () => Database.open(config, name, onIdleError) },
      { provide: DatabaseCloser, inject: [Database], useFactory: (database: Database) => new DatabaseCloser(database) },
    ];
    return { module: DatabaseModule, global: true, providers, exports: [Database] };
  }
}
