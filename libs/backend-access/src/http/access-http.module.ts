import { type DynamicModule, Module } from '@nestjs/common';
import type { AccessConfig } from '@visapi/backend-config';
import { Authenticator } from '@visapi/backend-http';
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
        inject: [Database, ApiKeysRepository],
        useFactory: (database: Database, keys: ApiKeysRepository) =>
          new ApiKeyAuthenticator(config, database, keys),
      },
    ];
    return { module: AccessModule, global: true, providers, exports: [Authenticator] };
  }
}
