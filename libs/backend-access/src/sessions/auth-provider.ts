/** A session as the Auth server gives it out. */
export interface GivenSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly sessionId: string;
  readonly userId: string;
  readonly email: string;
}

/** For whom a question is asked: goes with it, so that the server's limits and logs are about people. */
export interface AskedFor {
  readonly correlationId: string;
  readonly ip: string | null;
}

export type LinkType = 'signup' | 'magiclink' | 'recovery' | 'invite' | 'email_change' | 'email';

/** What was answered to a new password. */
export type PasswordAnswer = 'changed' | 'same' | 'weak';

/**
 * The Auth server, as far as we ask it. No answer depends on an earlier question: nothing of a session is kept here.
 * Every method throws AppError `unavailable` when the server cannot be asked, `rate-limited` when it wants a pause.
 */
export abstract class AuthProvider {
  /** The same whether the address is known or not. */
  abstract signUp(
    email: string,
    password: string,
    redirectTo: string | undefined,
    by: AskedFor,
  ): Promise<void>;
  /** @returns undefined for a wrong password, an unknown address, or one that is not yet confirmed */
  abstract signIn(email: string, password: string, by: AskedFor): Promise<GivenSession | undefined>;
  /** Exchanges a refresh token; the old one is used up. @returns undefined when it is not valid (any longer) */
  abstract refresh(refreshToken: string, by: AskedFor): Promise<GivenSession | undefined>;
  /** Has a link mailed. The same whether the address is known or not. */
  abstract sendLink(
    kind: 'magic-link' | 'recovery',
    email: string,
    redirectTo: string | undefined,
    by: AskedFor,
  ): Promise<void>;
  /** @param tokenHash of a mailed link @returns undefined when it is wrong, used or too old */
  abstract confirm(tokenHash: string, type: LinkType, by: AskedFor): Promise<GivenSession | undefined>;
  /** Whether the server knows the token's session, and it has not ended. */
  abstract isLive(accessToken: string, by: AskedFor): Promise<boolean>;
  abstract changePassword(accessToken: string, password: string, by: AskedFor): Promise<PasswordAnswer>;
  /** Ends sessions of the token's user: its own, the others, or all. One that has ended already is no error. */
  abstract signOut(accessToken: string, scope: 'local' | 'others' | 'global', by: AskedFor): Promise<void>;
}
