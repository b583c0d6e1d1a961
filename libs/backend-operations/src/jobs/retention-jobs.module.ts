import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Log, Metrics } from '@visapi/backend-observability';
import { LogsModule } from '../logs.module.js';
import { RetentionModule } from '../retention.module.js';
import { type Retention, RetentionTimer } from './retention.timer.js';

@Module({})
export class RetentionJobsModule {
  static forRoot(keep: Retention): DynamicModule {
    const timer = {
      provide: RetentionTimer,
      inject: [CommandBus, Log, Metrics],
      useFactory: (commands: CommandBus, log: Log, metrics: Metrics) =>
        new RetentionTimer(keep, commands, log, metrics),
    };
    return {
      module: RetentionJobsModule,
      imports: [CqrsModule, LogsModule, RetentionModule],
      providers: [timer],
      exports: [RetentionTimer],
    };
  }
}
