import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HistoryModule } from '../history.module.js';
import { EventsController } from './events.controller.js';

@Module({ imports: [CqrsModule, HistoryModule], controllers: [EventsController] })
export class EventsHttpModule {}
