import { type DynamicModule, Module } from '@nestjs/common';
import type { AccessConfig } from '@visapi/backend-config';
import { Authenticator } from '@visapi/backend-http';
import { Clock } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';

@Module({})
export class AccessModule {
  static forRoot(config: AccessConfig): DynamicModule {
    const providers = [
      ApiKeysRepository,
      {
        provide: Authenticator,
        inject: [Database, ApiKeysRepository, Clock, Log, BatchOperationsService],
        useFactory: (
          database: Database,
          keys: ApiKeysRepository,
          clock: Clock,
          log: Log,
          batches: BatchOperationsService,
        ) => new ApiKeyAuthenticator(config, { database, keys, batches }, clock, log),
      },
    ];
    return { module: AccessModule, global: true, providers, exports: [Authenticator] };
  }
}
