import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { HealthRepository } from '@visapi/backend-repositories/operations';

export interface DatabaseState {
  readonly state: 'up' | 'down';
  readonly needed: true;
  readonly detail?: string;
}

/** Whether the database answers within two seconds. */
export class CheckDatabase extends Query<DatabaseState> {}

const patienceMs = 2_000;

@QueryHandler(CheckDatabase)
export class CheckDatabaseHandler implements IQueryHandler<CheckDatabase> {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
  ) {}

  async execute(): Promise<DatabaseState> {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), patienceMs);
    const pinged = this.health.ping(this.database.db).then(
      () => 'up' as const,
      () => 'down' as const,
    );
    const answer = await Promise.race([pinged, late.promise]);
    clearTimeout(timer);
    if (answer === 'up') return { state: 'up', needed: true };
    return {
      state: 'down',
      needed: true,
      detail: answer === 'late' ? 'no answer within 2 s' : 'cannot be reached',
    };
  }
}
