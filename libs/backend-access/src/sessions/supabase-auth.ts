import type { AuthError, Session, SupabaseClient } from '@supabase/supabase-js';
import type { AuthConfig } from '@visapi/backend-config';
import { AppError, currentDeadline } from '@visapi/backend-kernel';
import { decodeJwt } from 'jose';
import {
  type AskedFor,
  AuthProvider,
  type GivenSession,
  type LinkType,
  type PasswordAnswer,
} from './auth-provider.js';

const timeoutMs = 8_000;

type Config = Pick<AuthConfig, 'url' | 'anonKey' | 'serviceRoleKey'>;
type Auth = SupabaseClient['auth'];

/** Refusals that would tell whether an address is known. */
const untold = [
  'user_already_exists',
  'email_exists',
  'otp_disabled',
  'user_not_found',
  'over_email_send_rate_limit',
  'email_not_confirmed',
  'signup_disabled',
  'user_banned',
];

/**
 * Supabase Auth. Each question has a client of its own: a shared one holds the session of whoever signed in last, and
 * would change somebody else's password.
 */
export class SupabaseAuth extends AuthProvider {
  constructor(private readonly config: Config) {
    super();
  }

  async signUp(email: string, password: string, redirectTo: string | undefined, by: AskedFor): Promise<void> {
    const options = { emailRedirectTo: redirectTo };
    const { error } = await (await this.auth(by)).signUp({ email, password, options });
    if (error) tellFaults(error);
  }

  async signIn(email: string, password: string, by: AskedFor): Promise<GivenSession | undefined> {
    const { data, error } = await (await this.auth(by)).signInWithPassword({ email, password });
    return error ? refused(error) : toGiven(data.session);
  }

  async refresh(refreshToken: string, by: AskedFor): Promise<GivenSession | undefined> {
    const { data, error } = await (await this.auth(by)).refreshSession({ refresh_token: refreshToken });
    return error ? refused(error) : toGiven(data.session);
  }

  async sendLink(
    kind: 'magic-link' | 'recovery',
    email: string,
    redirectTo: string | undefined,
    by: AskedFor,
  ): Promise<void> {
    const auth = await this.auth(by);
    const { error } =
      kind === 'recovery'
        ? await auth.resetPasswordForEmail(email, { redirectTo })
        : await auth.signInWithOtp({
            email,
            options: { shouldCreateUser: false, emailRedirectTo: redirectTo },
          });
    if (error) tellFaults(error);
  }

  async confirm(tokenHash: string, type: LinkType, by: AskedFor): Promise<GivenSession | undefined> {
    const { data, error } = await (await this.auth(by)).verifyOtp({ token_hash: tokenHash, type });
    return error ? refused(error) : toGiven(data.session);
  }

  async isLive(accessToken: string, by: AskedFor): Promise<boolean> {
    const { data, error } = await (await this.auth(by)).getUser(accessToken);
    if (!error) return data.user.id !== '';
    refused(error);
    return false;
  }

  async changePassword(accessToken: string, password: string, by: AskedFor): Promise<PasswordAnswer> {
    const auth = await this.auth(by);
    // The client wants a whole session; this one lives as long as the call and is never refreshed.
    const held = await auth.setSession({ access_token: accessToken, refresh_token: 'none' });
    if (held.error) refused(held.error);
    const { error } = await auth.updateUser({ password });
    if (!error) return 'changed';
    if (error.code === 'same_password') return 'same';
    if (error.code === 'weak_password') return 'weak';
    refused(error);
    throw new AppError('unauthenticated', 'This access token is not valid.', { cause: error });
  }

  async signOut(accessToken: string, scope: 'local' | 'others' | 'global', by: AskedFor): Promise<void> {
    const { error } = await (await this.auth(by)).admin.signOut(accessToken, scope);
    if (error) refused(error);
  }

  private async auth({ correlationId, ip }: AskedFor): Promise<Auth> {
    const { url, anonKey, serviceRoleKey } = this.config;
    const key = serviceRoleKey ?? anonKey;
    if (url === undefined || key === undefined) throw signInIsOff();
    // Supabase believes this header of whoever has the secret key: https://supabase.com/docs/guides/auth/rate-limits
    const forwarded: Record<string, string> =
      serviceRoleKey === undefined || ip === null ? {} : { 'sb-forwarded-for': ip };
    // Loaded by the first who signs in: a megabyte of text that nobody else needs in memory.
    const { createClient } = await import('@supabase/supabase-js');
    return createClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: { fetch: patiently, headers: { 'x-correlation-id': correlationId, ...forwarded } },
    }).auth;
  }
}

function signInIsOff(): AppError {
  return new AppError('unavailable', 'Sign-in is off here: set SUPABASE_URL and SUPABASE_ANON_KEY.');
}

/**
 * Ends with the deadline of whoever waits, and in any case in time. Of a server that is away, or says so, the client would
 * ask again for half a minute, holding the token meanwhile; this status is one upon which it does not.
 */
async function patiently(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const signals = [AbortSignal.timeout(timeoutMs), currentDeadline(), init?.signal];
  const signal = AbortSignal.any(signals.filter((one): one is AbortSignal => one instanceof AbortSignal));
  const away = (): Response => Response.json({ msg: 'away' }, { status: 599 });
  return await fetch(input, { ...init, signal }).then(
    (answer) => (answer.status >= 500 ? away() : answer),
    away,
  );
}

function tellFaults(error: AuthError): void {
  if (error.code !== undefined && untold.includes(error.code)) return;
  refused(error);
}

/** A refusal is an answer, and no further one is told from it; what is none is thrown. */
function refused(error: AuthError): undefined {
  const status = error.status ?? 0;
  if (status === 429)
    throw new AppError('rate-limited', 'Supabase Auth wants a pause; try again later.', {
      retryAfterSeconds: 60,
      cause: withoutTokens(error),
    });
  if (status === 0 || status >= 500)
    throw new AppError('unavailable', 'Supabase Auth cannot be asked now.', { cause: withoutTokens(error) });
  return undefined;
}

/** The client's errors may carry what they were about. */
function withoutTokens({ name, code, status }: AuthError): Error {
  return new Error(`${name} ${code ?? ''} ${status ?? ''}`.trim());
}

function toGiven(session: Session | null): GivenSession | undefined {
  if (!session) return undefined;
  const { session_id: sessionId } = decodeJwt(session.access_token);
  const { id: userId, email } = session.user;
  if (typeof sessionId !== 'string' || email === undefined)
    throw new AppError('unavailable', 'Supabase Auth answers without a session id.');
  return {
    accessToken: session.access_token,
    refreshToken: session.refresh_token,
    expiresIn: session.expires_in,
    sessionId,
    userId,
    email: email.toLowerCase(),
  };
}
