import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventEmitterModule } from '@nestjs/event-emitter';
import {
  BacklogRepository,
  DeadLettersRepository,
  EventReplaysRepository,
  EventsRepository,
} from '@visapi/backend-repositories/events';
import { Backlog } from './backlog.js';
import { FactNews } from './fact-news.js';
import { FactTeller } from './fact-teller.js';
import { HandlerBus } from './handler-bus.js';
import { HistoryModule } from './history.module.js';
import { LiveFacts } from './live-facts.js';
import { OutboxRelay } from './outbox-relay.js';
import { SealHistory } from './seal-history.timer.js';

/** Mounted where the outbox is relayed: the worker. */
@Module({
  imports: [CqrsModule, EventEmitterModule.forRoot(), HistoryModule],
  providers: [
    EventsRepository,
    BacklogRepository,
    DeadLettersRepository,
    EventReplaysRepository,
    HandlerBus,
    FactTeller,
    FactNews,
    LiveFacts,
    Backlog,
    OutboxRelay,
    SealHistory,
  ],
  exports: [OutboxRelay, SealHistory],
})
export class EventsModule {}
