import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { ChangeApiKeyHandler } from './commands/change-api-key.command.js';
import { CreateApiKeyHandler } from './commands/create-api-key.command.js';
import { RevokeApiKeyHandler } from './commands/revoke-api-key.command.js';
import { RotateApiKeyHandler } from './commands/rotate-api-key.command.js';
import { KeySettings } from './key-settings.js';
import { GetApiKeyHandler } from './queries/get-api-key.query.js';
import { GetApiKeysHandler } from './queries/get-api-keys.query.js';

/** Administration of API keys. */
@Module({})
export class ApiKeysModule {
  static forRoot(settings: KeySettings): DynamicModule {
    return {
      module: ApiKeysModule,
      imports: [CqrsModule],
      providers: [
        { provide: KeySettings, useValue: settings },
        ApiKeysRepository,
        EventsRepository,
        CreateApiKeyHandler,
        ChangeApiKeyHandler,
        RotateApiKeyHandler,
        RevokeApiKeyHandler,
        GetApiKeysHandler,
        GetApiKeyHandler,
      ],
      exports: [ApiKeysRepository],
    };
  }
}
