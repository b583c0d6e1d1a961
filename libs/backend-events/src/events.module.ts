import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { HistoryModule } from './history.module.js';
import { OutboxRelay } from './outbox-relay.js';
import { SealHistory } from './seal-history.timer.js';

/** Mounted where the outbox is relayed: the worker. */
@Module({
  imports: [CqrsModule, HistoryModule],
  providers: [EventsRepository, OutboxRelay, SealHistory],
  exports: [OutboxRelay, SealHistory],
})
export class EventsModule {}
