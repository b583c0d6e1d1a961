import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type SessionMethod, type SessionRow, SessionsRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';

/** A session that Supabase Auth gave out, or one of its tokens that was exchanged, is written down here. */
export class StartSession extends Command<SessionRow> {
  constructor(
    readonly session: { readonly id: string; readonly userId: string; readonly method: SessionMethod },
    /** Of the refresh token that came with it; none where somebody shows an access token alone. */
    readonly tokenHash: Buffer | undefined,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(StartSession)
export class StartSessionHandler implements ICommandHandler<StartSession> {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly events: EventsRepository,
  ) {}

  /** @returns the session as it is: one that has ended stays so, whatever Supabase gives out for it */
  async execute({ session, tokenHash, by }: StartSession): Promise<SessionRow> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const { isNew, ...row } = await this.sessions.see(transaction, session);
      if (row.endedAt !== null) return row;
      if (tokenHash) await this.sessions.addToken(transaction, tokenHash, row.id);
      if (!isNew) return row;
      await this.sessions.forgetOld(transaction, row.userId);
      const { actor, correlationId, ip } = by;
      await this.events.append(transaction, {
        type: 'session.started',
        aggregateType: 'session',
        aggregateId: row.id,
        aggregateVersion: await this.sessions.nextVersion(transaction, row.id),
        payload: { method: row.method },
        ...{ actor, correlationId, ip },
      });
      return row;
    });
  }
}
