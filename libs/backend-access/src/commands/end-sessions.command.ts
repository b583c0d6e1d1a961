import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type SessionChoice, type SessionEnd, SessionsRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';

/** From now on no token of these sessions is taken here, whatever its signature says. */
export class EndSessions extends Command<readonly string[]> {
  constructor(
    readonly choice: SessionChoice,
    readonly reason: SessionEnd,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(EndSessions)
export class EndSessionsHandler implements ICommandHandler<EndSessions> {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly events: EventsRepository,
  ) {}

  /** @returns the ids of those that this ended */
  async execute({ choice, reason, by }: EndSessions): Promise<readonly string[]> {
    const { actor, correlationId, ip } = by;
    return await this.database.db.transaction().execute(async (transaction) => {
      const ended = await this.sessions.end(transaction, choice, reason);
      for (const { id, eventVersion } of ended)
        await this.events.append(transaction, {
          type: 'session.ended',
          aggregateType: 'session',
          aggregateId: id,
          aggregateVersion: eventVersion,
          payload: { reason },
          ...{ actor, correlationId, ip },
        });
      return ended.map(({ id }) => id);
    });
  }
}
