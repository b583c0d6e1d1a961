import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type LogCount, LogsRepository } from '@visapi/backend-repositories/operations';
import { type LogLevel, logLevels } from '../log-level.js';

export interface LogStats {
  readonly since: Date;
  readonly byLevel: Readonly<Record<LogLevel, number>>;
  /** The most frequent first; no event = a warning or error that tells of none. */
  readonly byEvent: readonly LogCount[];
}

/** How many lines of the last 24 hours were kept, by level and by what they tell of. */
export class GetLogStats extends Query<LogStats> {}

const dayMs = 86_400_000;

@QueryHandler(GetLogStats)
export class GetLogStatsHandler implements IQueryHandler<GetLogStats> {
  constructor(
    private readonly database: Database,
    private readonly logs: LogsRepository,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<LogStats> {
    const since = new Date(this.clock.now().getTime() - dayMs);
    const byEvent = await this.database.report((executor) => this.logs.countSince(executor, since));
    const sum = (wanted: LogLevel) =>
      byEvent.reduce((total, { level, count }) => total + (level === wanted ? count : 0), 0);
    const byLevel = Object.fromEntries(logLevels.map((level) => [level, sum(level)]));
    return { since, byLevel: byLevel as LogStats['byLevel'], byEvent };
  }
}
