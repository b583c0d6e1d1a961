import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type LogRow, LogsRepository } from '@visapi/backend-repositories/operations';
import { type LogLevel, levelsFrom } from '../log-level.js';

export interface LogFilter {
  /** This level and what is graver. */
  readonly level?: LogLevel;
  readonly correlationId?: string;
  readonly orderId?: string;
  readonly event?: string;
  readonly job?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Lines of the log that were kept, newest first. */
export class GetLogs extends Query<PageResult<LogRow>> {
  constructor(
    readonly filter: LogFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetLogs)
export class GetLogsHandler implements IQueryHandler<GetLogs> {
  constructor(
    private readonly database: Database,
    private readonly logs: LogsRepository,
  ) {}

  async execute({ filter, page }: GetLogs): Promise<PageResult<LogRow>> {
    const { level, from, to, ...same } = filter;
    const equals = Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined));
    const within = { ...(from && { gte: from }), ...(to && { lt: to }) };
    const where = {
      ...equals,
      ...(level && level !== 'info' && { level: { in: levelsFrom(level) } }),
      ...(Object.keys(within).length > 0 && { loggedAt: within }),
    };
    return await this.database.report((executor) => this.logs.findPage(executor, where, page));
  }
}
