import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { HealthRepository } from '@visapi/backend-repositories/operations';

export interface Attention {
  readonly uncertain: number;
  readonly failed: number;
  readonly open: number;
  /** Orders that have become open for more than five minutes since the last look. */
  readonly newlyOverdue: readonly string[];
}

/** What needs a person now. */
export class GetAttention extends Query<Attention> {
  constructor(readonly secondsSinceLastLook: number) {
    super();
  }
}

@QueryHandler(GetAttention)
export class GetAttentionHandler implements IQueryHandler<GetAttention> {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
  ) {}

  async execute({ secondsSinceLastLook }: GetAttention): Promise<Attention> {
    const { db } = this.database;
    const [counts, newlyOverdue] = await Promise.all([
      this.health.attention(db),
      this.health.newlyOverdue(db, secondsSinceLastLook),
    ]);
    return { ...counts, newlyOverdue };
  }
}
