import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CacheService, type FamilyStats } from '@visapi/backend-cache';

/** What the cache holds, and how often it served this process. */
export class GetCacheStats extends Query<FamilyStats[]> {}

@QueryHandler(GetCacheStats)
export class GetCacheStatsHandler implements IQueryHandler<GetCacheStats> {
  constructor(private readonly cache: CacheService) {}

  async execute(): Promise<FamilyStats[]> {
    return await this.cache.getStats();
  }
}
