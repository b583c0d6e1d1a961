import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventListsRepository, SealsRepository } from '@visapi/backend-repositories/events';
import { SealEventsHandler } from './commands/seal-events.command.js';
import { GetEventsHandler } from './queries/get-events.query.js';
import { VerifyHistoryHandler } from './queries/verify-history.query.js';

/** The event store: reading, sealing and verifying what happened. */
@Module({
  imports: [CqrsModule],
  providers: [
    EventListsRepository,
    SealsRepository,
    SealEventsHandler,
    GetEventsHandler,
    VerifyHistoryHandler,
  ],
})
export class HistoryModule {}
