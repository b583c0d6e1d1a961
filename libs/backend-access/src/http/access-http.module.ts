import { type DynamicModule, Module } from '@nestjs/common';
import type { AccessConfig, ProcessConfig } from '@visapi/backend-config';
import { Authenticator } from '@visapi/backend-http';
import { Clock } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import { KeySettings } from '../key-settings.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import { ApiKeysHttpModule } from './api-keys-http.module.js';
import { CompositeAuthenticator } from './composite.authenticator.js';
import { SessionAuthenticator } from './session.authenticator.js';
import { type SessionsConfig, SessionsHttpModule } from './sessions-http.module.js';
import { UsersHttpModule } from './users-http.module.js';

@Module({})
export class AccessModule {
  /** @param sessions how people sign in; without it, only keys are known */
  static forRoot(
    config: AccessConfig,
    { environment }: Pick<ProcessConfig, 'environment'>,
    sessions?: SessionsConfig,
  ): DynamicModule {
    const own = { environment, pepper: config.pepper };
    const signIn = sessions ? [SessionsHttpModule.forRoot(sessions, own)] : [];
    const settings = new KeySettings(config.pepper, config.keyExpiryDays, environment);
    const providers = [
      ApiKeysRepository,
      {
        provide: ApiKeyAuthenticator,
        inject: [Database, ApiKeysRepository, Clock, Log, BatchOperationsService],
        useFactory: (
          database: Database,
          keys: ApiKeysRepository,
          clock: Clock,
          log: Log,
          batches: BatchOperationsService,
        ) => new ApiKeyAuthenticator(config, { database, keys, batches }, clock, log),
      },
      {
        provide: Authenticator,
        inject: [ApiKeyAuthenticator, { token: SessionAuthenticator, optional: true }],
        useFactory: (keys: ApiKeyAuthenticator, people?: SessionAuthenticator) =>
          people ? new CompositeAuthenticator(keys, people) : keys,
      },
    ];
    return {
      module: AccessModule,
      global: true,
      imports: [ApiKeysHttpModule.forRoot(settings), UsersHttpModule, ...signIn],
      providers,
      exports: [Authenticator],
    };
  }
}
