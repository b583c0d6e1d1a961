import { type DynamicModule, Module } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import { ApiKeysRepository } from '../access/api-keys.repository.js';
import { Database } from '../db/database.js';
import { LogsRepository } from '../logs/logs.repository.js';
import { BatchOperationsService } from './batch-operations.js';

@Module({})
export class BatchOperationsModule {
  /** One for the whole process. Mounted after DatabaseModule, so that what it holds is written before the pool closes. */
  static forRoot(flushEveryMs?: number): DynamicModule {
    const batches = {
      provide: BatchOperationsService,
      inject: [Database, ApiKeysRepository, LogsRepository, Log],
      useFactory: (database: Database, keys: ApiKeysRepository, logs: LogsRepository, log: Log) =>
        new BatchOperationsService({ database, keys, logs, log }, flushEveryMs),
    };
    const providers = [ApiKeysRepository, LogsRepository, batches];
    return { module: BatchOperationsModule, global: true, providers, exports: [BatchOperationsService] };
  }
}
