import type { AskedBy } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import type { Database } from '@visapi/backend-repositories';
import type { SessionRow, SessionsRepository } from '@visapi/backend-repositories/access';
import { EndSessions } from '../commands/end-sessions.command.js';
import type { AskedFor, AuthProvider } from '../sessions/auth-provider.js';
import type { Lockout } from '../sessions/lockout.js';
import type { TokenHashes } from '../sessions/token-hashes.js';
import { refreshRefused, sessionOver, wrongPassword } from '../sessions.errors.js';
import type { Admission } from './admission.js';
import { tryOf } from './asked-for.js';
import { endAtProvider, warnNotEnded } from './end-at-provider.js';
import type { SessionWatch } from './session-watch.js';
import type { SignedIn } from './sign-in.js';

/** Who opens a link to set a new password does not know the old one; for so long after it. */
const recoveryMs = 15 * 60_000;

interface Parts {
  readonly provider: AuthProvider;
  readonly admission: Admission;
  readonly lockout: Lockout;
  readonly watch: SessionWatch;
  readonly hashes: TokenHashes;
  readonly commands: { execute(command: EndSessions): Promise<readonly string[]> };
  readonly store: { readonly database: Database; readonly sessions: SessionsRepository };
  readonly log: Log;
}

/** Whose session it is that something is asked of. */
export interface OwnSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly accessToken: string;
}

/** What becomes of a session after it has begun. */
export class SessionKeeper {
  constructor(private readonly parts: Parts) {}

  /** The session that a refresh token belongs to, if it was given out here. */
  async sessionOf(refreshToken: string): Promise<SessionRow | undefined> {
    const { store, hashes } = this.parts;
    return await store.sessions.findToken(store.database.db, hashes.of(refreshToken));
  }

  /**
   * Exchanges a refresh token. One that was exchanged before ends its session: either now or then it was not its owner.
   * @throws AppError `unauthenticated`
   */
  async refresh(refreshToken: string, from: AskedFor): Promise<SignedIn> {
    const { store, hashes, provider } = this.parts;
    const { sessions, database } = store;
    const hash = hashes.of(refreshToken);
    const known = await sessions.findToken(database.db, hash);
    if (known && known.endedAt !== null) throw refreshRefused();
    if (known && !(await sessions.useToken(database.db, hash)))
      return await this.reused(known, refreshToken, from);
    const session = await provider.refresh(refreshToken, from).catch(async (error: unknown) => {
      // Nobody has exchanged it: it may come again.
      if (known) await sessions.releaseToken(database.db, hash);
      throw error;
    });
    if (!session) return await this.notExchanged(known, from);
    const user = await this.parts.admission.admit(
      session,
      'elsewhere',
      from,
      hashes.of(session.refreshToken),
    );
    // One that was given out elsewhere is known from now on.
    if (!known) {
      await sessions.addToken(database.db, hash, session.sessionId);
      if (!(await sessions.useToken(database.db, hash)))
        return await this.reused({ id: session.sessionId, userId: session.userId }, refreshToken, from);
    }
    return { session, user };
  }

  /** Ends the session here at once, in other processes within seconds, and at Supabase where that answers. */
  async signOut(own: OwnSession, everywhere: boolean, by: AskedBy, from: AskedFor): Promise<void> {
    const { userId, sessionId } = own;
    const choice = everywhere ? { userId } : { userId, only: sessionId };
    await this.end(choice, everywhere ? 'signed-out-everywhere' : 'signed-out', by);
    await endAtProvider(this.parts, own.accessToken, everywhere ? 'global' : 'local', from);
  }

  /** Sets a new password and ends the user's other sessions. @throws AppError `invalid` naming what does not fit */
  async changePassword(
    own: OwnSession,
    { current, next }: { readonly current: string | undefined; readonly next: string },
    by: AskedBy,
    from: AskedFor,
  ): Promise<void> {
    await this.demandCurrent(own, current, from);
    const answer = await this.parts.provider.changePassword(own.accessToken, next, from);
    if (answer === 'same') throw wrongPassword('newPassword', 'must be another one than before');
    if (answer === 'weak') throw wrongPassword('newPassword', 'is too weak for Supabase Auth');
    await this.end({ userId: own.userId, except: own.sessionId }, 'password-changed', by);
    await endAtProvider(this.parts, own.accessToken, 'others', from);
  }

  private async demandCurrent(own: OwnSession, current: string | undefined, from: AskedFor): Promise<void> {
    const { store, lockout, provider } = this.parts;
    if (current === undefined) {
      const row = await store.sessions.find(store.database.db, own.sessionId);
      if (!row) throw sessionOver();
      if (row.method === 'recovery' && Date.now() - row.startedAt.getTime() < recoveryMs) return;
      throw wrongPassword('currentPassword', 'must be the password until now');
    }
    const attempt = tryOf(own.email, from);
    await lockout.take(attempt);
    const session = await provider.signIn(own.email, current, from);
    if (!session) throw wrongPassword('currentPassword', 'is not the password until now');
    await lockout.forgive(attempt);
    // It was asked for to check the password alone.
    await endAtProvider(this.parts, session.accessToken, 'local', from);
  }

  /** Supabase does not know it any longer: it was exchanged there, or its session ended. Nor does it go on here. */
  private async notExchanged(known: SessionRow | undefined, from: AskedFor): Promise<never> {
    if (known) {
      const { id, userId } = known;
      await this.end({ userId, only: id }, 'refused', { actor: `user:${userId}`, ...from });
    }
    throw refreshRefused();
  }

  private async reused(
    { id, userId }: Pick<SessionRow, 'id' | 'userId'>,
    refreshToken: string,
    from: AskedFor,
  ): Promise<never> {
    await this.end({ userId, only: id }, 'token-reused', { actor: `user:${userId}`, ...from });
    const { provider, log } = this.parts;
    log.warn('a refresh token came a second time: its session was ended', {
      correlationId: from.correlationId,
    });
    // Supabase gives a session for a token that was the last but one; with it, the session can be ended there, too. Where it
    // cannot be asked it is ended here all the same, and nobody can refresh it here.
    const session = await provider.refresh(refreshToken, from).catch(warnNotEnded(log, from));
    if (session) await endAtProvider(this.parts, session.accessToken, 'local', from);
    throw refreshRefused();
  }

  private async end(
    choice: EndSessions['choice'],
    reason: EndSessions['reason'],
    by: AskedBy,
  ): Promise<void> {
    this.parts.watch.end(await this.parts.commands.execute(new EndSessions(choice, reason, by)));
  }
}
