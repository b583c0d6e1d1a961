import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HistoryModule } from '../history.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { EventReplaysController } from './event-replays.controller.js';
import { EventsController } from './events.controller.js';

@Module({
  imports: [CqrsModule, HistoryModule],
  controllers: [EventsController, EventReplaysController, DeadLettersController],
})
export class EventsHttpModule {}
