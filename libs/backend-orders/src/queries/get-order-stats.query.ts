import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { EventReplaysRepository } from '@visapi/backend-repositories/events';
import { OrderStatsRepository } from '@visapi/backend-repositories/orders';
import { rangeUnusable } from '../order-search.errors.js';
import { orderStatistics } from '../order-statistics.js';
import { type OrderStats, type StatsRange, stepsOf, summarize } from '../order-stats.js';

/** How many orders came in a period and what they are worth, whatever became of them. */
export class GetOrderStats extends Query<OrderStats> {
  constructor(readonly range: StatsRange) {
    super();
  }
}

@QueryHandler(GetOrderStats)
export class GetOrderStatsHandler implements IQueryHandler<GetOrderStats> {
  constructor(
    private readonly database: Database,
    private readonly stats: OrderStatsRepository,
    private readonly replays: EventReplaysRepository,
    private readonly clock: Clock,
  ) {}

  @Cacheable({ key: keys.orderStats, ttl: 60 })
  async execute({ range }: GetOrderStats): Promise<OrderStats> {
    const starts = stepsOf(range, this.clock.now());
    if (typeof starts === 'string') throw rangeUnusable(starts);
    const period = { starts, to: range.to ?? null };
    const { name: handler, types } = orderStatistics;
    const counted = await this.database.report(async (executor) => {
      // Sums that are being made anew are not those of all orders.
      if (await this.replays.isRebuilding(executor, handler)) return await this.stats.count(executor, period);
      return await this.stats.sum(executor, period, { handler, aggregateType: 'order', types });
    });
    return summarize(counted, starts);
  }
}
