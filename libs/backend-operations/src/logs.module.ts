import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LogsRepository } from '@visapi/backend-repositories/operations';
import { CleanLogsHandler } from './commands/clean-logs.command.js';
import { GetLogStatsHandler } from './queries/get-log-stats.query.js';
import { GetLogsHandler } from './queries/get-logs.query.js';

/** The log as the database keeps it. Mounted beside BatchOperationsModule. */
@Module({
  imports: [CqrsModule],
  providers: [LogsRepository, GetLogsHandler, GetLogStatsHandler, CleanLogsHandler],
})
export class LogsModule {}
