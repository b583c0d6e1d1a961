import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Backlog } from './backlog.js';
import { FactNews } from './fact-news.js';
import { FactTeller } from './fact-teller.js';
import { HandlerBus } from './handler-bus.js';
import { HistoryModule } from './history.module.js';
import { LiveFacts } from './live-facts.js';
import { OutboxRelay } from './outbox-relay.js';
import { ReplayEvents } from './replay-events.timer.js';
import { SealHistory } from './seal-history.timer.js';

/** Mounted where the outbox is relayed: the worker. */
@Module({
  imports: [CqrsModule, EventEmitterModule.forRoot(), HistoryModule],
  providers: [HandlerBus, FactTeller, FactNews, LiveFacts, Backlog, OutboxRelay, ReplayEvents, SealHistory],
  exports: [OutboxRelay, ReplayEvents, SealHistory],
})
export class EventsModule {}
