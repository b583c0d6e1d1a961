import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApiKeysModule } from '../api-keys.module.js';
import type { KeySettings } from '../key-settings.js';
import { ApiKeysController } from './api-keys.controller.js';

@Module({})
export class ApiKeysHttpModule {
  static forRoot(settings: KeySettings): DynamicModule {
    const core = ApiKeysModule.forRoot(settings);
    return {
      module: ApiKeysHttpModule,
      imports: [CqrsModule, core],
      controllers: [ApiKeysController],
      exports: [core],
    };
  }
}
