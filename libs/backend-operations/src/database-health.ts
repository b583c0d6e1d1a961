import { Injectable } from '@nestjs/common';
import { Database } from '@visapi/backend-repositories';
import { HealthRepository } from '@visapi/backend-repositories/operations';

const patienceMs = 2_000;

/** Whether the database answers within two seconds. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
  ) {}

  async check(): Promise<{ state: 'up' | 'down'; needed: true; detail?: string }> {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), patienceMs);
    try {
      const answer = await Promise.race([this.health.ping(this.database.db), late.promise]);
      return answer === 'late' ? down('does not answer within 2 s') : { state: 'up', needed: true };
    } catch {
      return down('cannot be reached');
    } finally {
      clearTimeout(timer);
    }
  }
}

function down(detail: string): { state: 'down'; needed: true; detail: string } {
  return { state: 'down', needed: true, detail };
}
