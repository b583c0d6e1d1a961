import { Module } from '@nestjs/common';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { OutboxRelay } from './outbox-relay.js';

/** Mounted where the outbox is relayed: the worker. */
@Module({ providers: [EventsRepository, OutboxRelay], exports: [OutboxRelay] })
export class EventsModule {}
