import type { Log } from '@visapi/backend-observability';
import type { SessionMethod } from '@visapi/backend-repositories/access';
import type { AskedFor, AuthProvider, GivenSession, LinkType } from '../sessions/auth-provider.js';
import type { Lockout } from '../sessions/lockout.js';
import { inSameTime, inWholeSteps, type Pace, untilPassed } from '../sessions/pace.js';
import type { TokenHashes } from '../sessions/token-hashes.js';
import { linkRefused, signInRefused } from '../sessions.errors.js';
import type { Admission } from './admission.js';
import { tryOf } from './asked-for.js';
import { endAtProvider } from './end-at-provider.js';
import type { KnownUser } from './user-reader.js';

interface Parts {
  readonly provider: AuthProvider;
  readonly admission: Admission;
  readonly lockout: Lockout;
  readonly hashes: TokenHashes;
  readonly log: Log;
  readonly pace: Pace;
}

/** A session that has begun here, and whose it is. */
export interface SignedIn {
  readonly session: GivenSession;
  readonly user: KnownUser;
}

const methods: Readonly<Record<LinkType, SessionMethod>> = {
  signup: 'signup',
  magiclink: 'magic-link',
  email: 'magic-link',
  recovery: 'recovery',
  invite: 'invite',
  email_change: 'email-change',
};

/** Ways into a session, and the mails that lead to one. */
export class SignIn {
  constructor(private readonly parts: Parts) {}

  /** @throws AppError `unauthenticated` in one shape and time whether there is such an account or not */
  async withPassword(email: string, password: string, from: AskedFor): Promise<SignedIn> {
    const { lockout, pace, provider } = this.parts;
    const begun = performance.now();
    const attempt = tryOf(email, from);
    await lockout.take(attempt);
    const session = await provider.signIn(email, password, from);
    if (!session) {
      await untilPassed(pace.refusal, begun);
      throw signInRefused();
    }
    await lockout.forgive(attempt);
    return await this.begin(session, 'password', from);
  }

  /** @param tokenHash of a mailed link */
  async withLink(tokenHash: string, type: LinkType, from: AskedFor): Promise<SignedIn> {
    const session = await this.parts.provider.confirm(tokenHash, type, from);
    if (!session) throw linkRefused();
    return await this.begin(session, methods[type], from);
  }

  /** An address that may not sign up is told the same as one that is known already. */
  async signUp(
    email: string,
    password: string,
    redirectTo: string | undefined,
    from: AskedFor,
  ): Promise<void> {
    const { admission, provider, pace } = this.parts;
    const work = admission.isAllowed(email)
      ? provider.signUp(email, password, redirectTo, from)
      : Promise.resolve();
    await inWholeSteps(pace.signUp, work);
  }

  async sendLink(
    kind: 'magic-link' | 'recovery',
    email: string,
    redirectTo: string | undefined,
    from: AskedFor,
  ): Promise<void> {
    const { provider, log, pace } = this.parts;
    const { correlationId } = from;
    await inSameTime(pace.mail, provider.sendLink(kind, email, redirectTo, from), (error) =>
      log.warn('a mail about signing in may not have gone out', { correlationId }, error),
    );
  }

  private async begin(session: GivenSession, method: SessionMethod, from: AskedFor): Promise<SignedIn> {
    const { admission, hashes } = this.parts;
    try {
      const user = await admission.admit(session, method, from, hashes.of(session.refreshToken));
      return { session, user };
    } catch (error) {
      // Nobody holds its tokens; it ends there, too, where it can.
      await endAtProvider(this.parts, session.accessToken, 'local', from);
      throw error;
    }
  }
}
