import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type SessionMethod, SessionsRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';

export type Refusal = 'user-disabled' | 'address-not-allowed';

/** Supabase Auth gave out a session to somebody who may not have one here. */
export class RefuseSession extends Command<void> {
  constructor(
    readonly session: { readonly id: string; readonly userId: string; readonly method: SessionMethod },
    readonly reason: Refusal,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(RefuseSession)
export class RefuseSessionHandler implements ICommandHandler<RefuseSession> {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ session, reason, by }: RefuseSession): Promise<void> {
    const { actor, correlationId, ip } = by;
    await this.database.db.transaction().execute(async (transaction) => {
      await this.sessions.see(transaction, session);
      const { id, userId } = session;
      const [ended] = await this.sessions.end(transaction, { userId, only: id }, 'refused');
      // One that ended before was told of then.
      if (!ended) return;
      await this.events.append(transaction, {
        type: 'session.refused',
        aggregateType: 'session',
        aggregateId: id,
        aggregateVersion: ended.eventVersion,
        payload: { reason },
        ...{ actor, correlationId, ip },
      });
    });
  }
}
