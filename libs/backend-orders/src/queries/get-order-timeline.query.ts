import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { TimelineRepository } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';
import { buildTimeline } from '../timeline.js';
import type { TimelineEntry } from '../timeline-entry.js';

/** Everything that happened to an order, oldest first. */
export class GetOrderTimeline extends Query<readonly TimelineEntry[]> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetOrderTimeline)
export class GetOrderTimelineHandler implements IQueryHandler<GetOrderTimeline> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly events: EventsRepository,
    private readonly effects: EffectsRepository,
    private readonly timeline: TimelineRepository,
  ) {}

  async execute({ orderId }: GetOrderTimeline): Promise<readonly TimelineEntry[]> {
    const { db } = this.database;
    const [deliveries, events, effects, messages] = await Promise.all([
      this.deliveries.ofOrder(db, orderId),
      this.events.ofOrder(db, orderId),
      this.effects.ofOrder(db, orderId),
      this.timeline.messages(db, orderId),
    ]);
    if (deliveries.length === 0) throw orderNotFound(orderId);
    return buildTimeline({ deliveries, events, effects, messages });
  }
}
