import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Clock } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { BacklogRepository, EventReplaysRepository } from '@visapi/backend-repositories/events';
import { OrderStatsRepository } from '@visapi/backend-repositories/orders';
import { rangeUnusable } from '../order-search.errors.js';
import { orderStatistics } from '../order-statistics.js';
import { type OrderStats, type StatsRange, stepsOf, summarize, wholeDaysOf } from '../order-stats.js';

/** How many orders came in a period and what they are worth, whatever became of them. */
export class GetOrderStats extends Query<OrderStats> {
  constructor(readonly range: StatsRange) {
    super();
  }
}

/** Sums may follow a commit by so much. */
const patienceMs = 1_000;

@QueryHandler(GetOrderStats)
export class GetOrderStatsHandler implements IQueryHandler<GetOrderStats> {
  constructor(
    private readonly database: Database,
    private readonly stats: OrderStatsRepository,
    private readonly replays: EventReplaysRepository,
    private readonly backlog: BacklogRepository,
    private readonly clock: Clock,
  ) {}

  @Cacheable({ key: keys.orderStats, ttl: 60 })
  async execute({ range }: GetOrderStats): Promise<OrderStats> {
    const starts = stepsOf(range, this.clock.now());
    if (typeof starts === 'string') throw rangeUnusable(starts);
    const [start] = starts;
    const days = start === undefined ? null : wholeDaysOf(range, start);
    const wanted = { starts, to: range.to ?? null };
    const counted = await this.database.report(async (executor) => {
      const isWhole = days !== null && (await this.areSumsWhole(executor));
      return await this.stats.count(executor, { ...wanted, days: isWhole ? days : null });
    });
    return summarize(counted, starts);
  }

  /** Sums that are being made anew, or that a fact has not reached, are not those of all orders. */
  private async areSumsWhole(executor: Executor): Promise<boolean> {
    const { name } = orderStatistics;
    if (await this.replays.isRebuilding(executor, name)) return false;
    return !(await this.backlog.isBehind(executor, name, patienceMs));
  }
}
