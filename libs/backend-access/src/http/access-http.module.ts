import { type DynamicModule, Module } from '@nestjs/common';
import type { AccessConfig } from '@visapi/backend-config';
import { Authenticator } from '@visapi/backend-http';
import { Clock } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';

@Module({})
export class AccessModule {
  static forRoot(config: AccessConfig): DynamicModule {
    const providers = [
      ApiKeysRepository,
      {
        provide: Authenticator,
        inject: [Database, ApiKeysRepository, Clock, Log],
        useFactory: (database: Database, keys: ApiKeysRepository, clock: Clock, log: Log) =>
          new ApiKeyAuthenticator(config, database, keys, clock, log),
      },
    ];
    return { module: AccessModule, global: true, providers, exports: [Authenticator] };
  }
}
