import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { EventReplaysRepository, EventsRepository } from '@visapi/backend-repositories/events';
import { DeliveriesRepository, ReplaysRepository } from '@visapi/backend-repositories/inbox';
import {
  OrderListsRepository,
  OrderSearchRepository,
  OrderStatsRepository,
  OrdersRepository,
  TimelineRepository,
} from '@visapi/backend-repositories/orders';
import { InboxModule } from '@visapi/backend-webhooks';
import { CreateOrderHandler } from './commands/create-order.command.js';
import { FlagOrderHandler } from './commands/flag-order.command.js';
import { ImportOrdersHandler } from './commands/import-orders.command.js';
import { PatchOrderHandler } from './commands/patch-order.command.js';
import { PlaceOrderHandler } from './commands/place-order.command.js';
import { ResendConfirmationHandler } from './commands/resend-confirmation.command.js';
import { QuarantineDeliveryHandler } from './commands/quarantine-delivery.command.js';
import { ReplayDeliveriesHandler } from './commands/replay-deliveries.command.js';
import { ReplayDeliveryHandler } from './commands/replay-delivery.command.js';
import { RetriggerOrdersHandler } from './commands/retrigger-orders.command.js';
import { ReviewOrderHandler } from './commands/review-order.command.js';
import { UpdateOrderProcessingHandler } from './commands/update-order-processing.command.js';
import { GetDeliveriesHandler } from './queries/get-deliveries.query.js';
import { GetDeliveryHandler } from './queries/get-delivery.query.js';
import { GetOrderByIdHandler } from './queries/get-order-by-id.query.js';
import { GetOrderStatsHandler } from './queries/get-order-stats.query.js';
import { GetOrderTimelineHandler } from './queries/get-order-timeline.query.js';
import { GetOrdersHandler } from './queries/get-orders.query.js';
import { PreviewMessageHandler } from './queries/preview-message.query.js';
import { GetWarningCountsHandler } from './queries/get-warning-counts.query.js';
import { GetSearchPresetsHandler } from './queries/get-search-presets.query.js';
import { SearchOrdersHandler } from './queries/search-orders.query.js';
import { PreviewReplayHandler } from './queries/preview-replay.query.js';
import { PreviewReplaysHandler } from './queries/preview-replays.query.js';

const handlers = [
  ResendConfirmationHandler,
  PreviewMessageHandler,
  CreateOrderHandler,
  QuarantineDeliveryHandler,
  GetOrderByIdHandler,
  GetOrdersHandler,
  GetOrderTimelineHandler,
  GetDeliveryHandler,
  GetDeliveriesHandler,
  PlaceOrderHandler,
  PatchOrderHandler,
  FlagOrderHandler,
  ReviewOrderHandler,
  ReplayDeliveryHandler,
  ReplayDeliveriesHandler,
  RetriggerOrdersHandler,
  UpdateOrderProcessingHandler,
  PreviewReplayHandler,
  PreviewReplaysHandler,
  GetWarningCountsHandler,
  ImportOrdersHandler,
  SearchOrdersHandler,
  GetSearchPresetsHandler,
  GetOrderStatsHandler,
];

@Module({
  imports: [CqrsModule, InboxModule],
  providers: [
    DeliveriesRepository,
    ReplaysRepository,
    OrdersRepository,
    OrderListsRepository,
    OrderSearchRepository,
    OrderStatsRepository,
    EventsRepository,
    EventReplaysRepository,
    EffectsRepository,
    TimelineRepository,
    ...handlers,
  ],
})
export class OrdersModule {}
