import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { HealthRepository } from '@visapi/backend-repositories/operations';

export interface Attention {
  readonly uncertain: number;
  readonly failed: number;
  readonly open: number;
  /** Effects that wait until somebody mends what their vendor refuses. */
  readonly parked: number;
}

/** What needs a person now. */
export class GetAttention extends Query<Attention> {}

@QueryHandler(GetAttention)
export class GetAttentionHandler implements IQueryHandler<GetAttention> {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
  ) {}

  async execute(): Promise<Attention> {
    return await this.health.attention(this.database.db);
  }
}
