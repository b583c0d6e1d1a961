import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { HandlerBus } from './handler-bus.js';
import { HistoryModule } from './history.module.js';
import { OutboxRelay } from './outbox-relay.js';
import { SealHistory } from './seal-history.timer.js';

/** Mounted where the outbox is relayed: the worker. */
@Module({
  imports: [CqrsModule, EventEmitterModule.forRoot(), HistoryModule],
  providers: [EventsRepository, HandlerBus, OutboxRelay, SealHistory],
  exports: [HandlerBus, OutboxRelay, SealHistory],
})
export class EventsModule {}
