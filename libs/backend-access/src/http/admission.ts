import type { AskedBy } from '@visapi/backend-kernel';
import type { SessionMethod, SessionRow } from '@visapi/backend-repositories/access';
import { type Refusal, RefuseSession } from '../commands/refuse-session.command.js';
import { StartSession } from '../commands/start-session.command.js';
import type { AskedFor } from '../sessions/auth-provider.js';
import { addressNotAllowed, sessionOver, userDisabled } from '../sessions.errors.js';
import type { SessionWatch } from './session-watch.js';
import type { KnownUser, UserReader } from './user-reader.js';

/** What a session says of itself, whoever shows it. */
export interface ShownSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly email: string;
}

interface Bus {
  execute(command: StartSession): Promise<SessionRow>;
  execute(command: RefuseSession): Promise<void>;
}

interface Parts {
  readonly users: UserReader;
  readonly commands: Bus;
  readonly watch: SessionWatch;
  /** AUTH_ALLOWED_EMAIL_DOMAINS */
  readonly emailDomains: readonly string[];
}

/** Lets sessions in that Supabase Auth gave out: who signs in there is nobody here before this says so. */
export class Admission {
  constructor(private readonly parts: Parts) {}

  /** A domain is allowed as it stands; those below it are others. */
  isAllowed(email: string): boolean {
    const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
    return this.parts.emailDomains.some((one) => one.toLowerCase() === domain);
  }

  /**
   * Writes the session down and makes sure that its person is a user.
   * @param tokenHash of the refresh token that came with it
   * @throws AppError `forbidden` for who may not be here, `unauthenticated` when the session has ended
   */
  async admit(
    shown: ShownSession,
    method: SessionMethod,
    from: AskedFor,
    tokenHash?: Buffer,
  ): Promise<KnownUser> {
    const by = { actor: `user:${shown.userId}`, ...from };
    const user = await this.userOf(shown, method, by);
    if (user.disabled) {
      await this.refuse(shown, method, 'user-disabled', by);
      throw userDisabled();
    }
    const { sessionId: id, userId } = shown;
    const row = await this.parts.commands.execute(new StartSession({ id, userId, method }, tokenHash, by));
    this.parts.watch.note(row);
    if (row.endedAt !== null || row.userId !== userId) throw sessionOver();
    return user;
  }

  private async userOf(shown: ShownSession, method: SessionMethod, by: AskedBy): Promise<KnownUser> {
    const known = await this.parts.users.find(shown.userId);
    // Whoever shows a session that goes on does not sign in again.
    if (known && (known.disabled || method === 'elsewhere')) return known;
    if (!known && !this.isAllowed(shown.email)) {
      await this.refuse(shown, method, 'address-not-allowed', by);
      throw addressNotAllowed();
    }
    return await this.parts.users.register(shown.userId, shown.email, by);
  }

  private async refuse(
    { sessionId: id, userId }: ShownSession,
    method: SessionMethod,
    reason: Refusal,
    by: AskedBy,
  ): Promise<void> {
    await this.parts.commands.execute(new RefuseSession({ id, userId, method }, reason, by));
    this.parts.watch.end([id]);
  }
}
