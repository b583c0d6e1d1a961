import { type DynamicModule, Module } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { QueueReaderModule } from '@visapi/backend-queue';
import { GetQueuesHandler } from './queries/get-queues.query.js';

/** For a process that takes no jobs itself. */
@Module({})
export class QueuesModule {
  static forRoot(config: QueueConfig): DynamicModule {
    return {
      module: QueuesModule,
      imports: [QueueReaderModule.forRoot(config)],
      providers: [GetQueuesHandler],
    };
  }
}
