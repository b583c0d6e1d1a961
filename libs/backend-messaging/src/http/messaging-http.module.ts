import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { WabaConfig } from '@visapi/backend-config';
import { MessagingModule } from '../messaging.module.js';
import { ChallengeController, wabaConfig } from './challenge.controller.js';
import { MessagesController } from './messages.controller.js';

@Module({})
export class MessagingHttpModule {
  static forRoot(config: WabaConfig): DynamicModule {
    return {
      module: MessagingHttpModule,
      imports: [CqrsModule, MessagingModule],
      controllers: [MessagesController, ChallengeController],
      providers: [{ provide: wabaConfig, useValue: config }],
    };
  }
}
