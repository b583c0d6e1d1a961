import { Injectable } from '@nestjs/common';
import { type FactDelivery, Handles, Resets } from '@visapi/backend-events';
import type { Executor } from '@visapi/backend-repositories';
import { OrderStatisticsRepository } from '@visapi/backend-repositories/orders';
import { orderStatistics } from '../order-statistics.js';

/** Counts the orders of facts as they stand now, whatever the facts say of them. */
@Injectable()
export class CountOrdersProcessor {
  constructor(private readonly statistics: OrderStatisticsRepository) {}

  @Handles(orderStatistics)
  async handle({ executor, facts }: FactDelivery): Promise<void> {
    await this.statistics.count(executor, [...new Set(facts.map(({ aggregateId }) => aggregateId))]);
  }

  @Resets(orderStatistics)
  async reset(executor: Executor): Promise<void> {
    await this.statistics.reset(executor);
  }
}
