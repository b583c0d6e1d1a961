import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { SessionsRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { EndSessionsHandler } from './commands/end-sessions.command.js';
import { RefuseSessionHandler } from './commands/refuse-session.command.js';
import { StartSessionHandler } from './commands/start-session.command.js';

/** What is written down of sessions. */
@Module({
  imports: [CqrsModule],
  providers: [
    SessionsRepository,
    EventsRepository,
    StartSessionHandler,
    EndSessionsHandler,
    RefuseSessionHandler,
  ],
  exports: [SessionsRepository],
})
export class SessionsModule {}
