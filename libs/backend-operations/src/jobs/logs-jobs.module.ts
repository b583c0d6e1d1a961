import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Log } from '@visapi/backend-observability';
import { LogsModule } from '../logs.module.js';
import { CleanLogsTimer } from './clean-logs.timer.js';

@Module({})
export class LogsJobsModule {
  /** @param keepDays how long lines are kept; 0 = for ever */
  static forRoot(keepDays: number): DynamicModule {
    const timer = {
      provide: CleanLogsTimer,
      inject: [CommandBus, Log],
      useFactory: (commands: CommandBus, log: Log) => new CleanLogsTimer(keepDays, commands, log),
    };
    return {
      module: LogsJobsModule,
      imports: [CqrsModule, LogsModule],
      providers: [timer],
      exports: [CleanLogsTimer],
    };
  }
}
