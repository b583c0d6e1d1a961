import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { QueueConfig } from '@visapi/backend-config';
import { QueuesModule } from '../queues.module.js';
import { QueuesController } from './queues.controller.js';

@Module({})
export class QueuesHttpModule {
  static forRoot(config: QueueConfig): DynamicModule {
    return {
      module: QueuesHttpModule,
      imports: [CqrsModule, QueuesModule.forRoot(config)],
      controllers: [QueuesController],
    };
  }
}
