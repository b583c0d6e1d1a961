import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import {
  BacklogRepository,
  DeadLettersRepository,
  EventListsRepository,
  EventReplaysRepository,
  EventsRepository,
  SealsRepository,
} from '@visapi/backend-repositories/events';
import { ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { ReplayDeadLettersHandler } from './commands/replay-dead-letters.command.js';
import { ResolveDeadLetterHandler } from './commands/resolve-dead-letter.command.js';
import { SealEventsHandler } from './commands/seal-events.command.js';
import { StartEventReplayHandler } from './commands/start-event-replay.command.js';
import { SteerEventReplayHandler } from './commands/steer-event-replay.command.js';
import { FindOpenDeadLettersHandler } from './queries/find-open-dead-letters.query.js';
import { GetDeadLetterHandler } from './queries/get-dead-letter.query.js';
import { GetDeadLettersHandler } from './queries/get-dead-letters.query.js';
import { GetEventReplayHandler } from './queries/get-event-replay.query.js';
import { GetEventReplaysHandler } from './queries/get-event-replays.query.js';
import { GetEventsHandler } from './queries/get-events.query.js';
import { PreviewEventReplayHandler } from './queries/preview-event-replay.query.js';
import { VerifyHistoryHandler } from './queries/verify-history.query.js';

/** The event store: reading, sealing and verifying what happened, having it told again, and what could not be told. */
@Module({
  imports: [CqrsModule],
  providers: [
    EventListsRepository,
    SealsRepository,
    EventsRepository,
    EventReplaysRepository,
    BacklogRepository,
    DeadLettersRepository,
    ReplaysRepository,
    SealEventsHandler,
    StartEventReplayHandler,
    SteerEventReplayHandler,
    ResolveDeadLetterHandler,
    ReplayDeadLettersHandler,
    GetEventsHandler,
    GetEventReplayHandler,
    GetEventReplaysHandler,
    PreviewEventReplayHandler,
    GetDeadLetterHandler,
    GetDeadLettersHandler,
    FindOpenDeadLettersHandler,
    VerifyHistoryHandler,
  ],
  exports: [EventsRepository, EventReplaysRepository, BacklogRepository, DeadLettersRepository],
})
export class HistoryModule {}
