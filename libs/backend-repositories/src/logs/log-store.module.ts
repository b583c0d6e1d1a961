import { Global, Module } from '@nestjs/common';
import { Log, Metrics } from '@visapi/backend-observability';
import { Database } from '../db/database.js';
import { LogStore } from './log-store.js';
import { LogsRepository } from './logs.repository.js';

/** Keeps this process's log. Mounted right after DatabaseModule: then it ends last of all that use the database. */
@Global()
@Module({
  providers: [
    LogsRepository,
    {
      provide: LogStore,
      inject: [Database, LogsRepository, Log, Metrics],
      useFactory: (database: Database, logs: LogsRepository, log: Log, metrics: Metrics) =>
        new LogStore(database, logs, log, metrics),
    },
  ],
})
export class LogStoreModule {}
