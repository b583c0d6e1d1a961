import type { HttpRequest, UserPrincipal } from '@visapi/backend-http';
import type { FastifyRequest } from 'fastify';
import type { AccessTokens, Claims } from '../sessions/access-token.js';
import type { AuthProvider } from '../sessions/auth-provider.js';
import { type BrowserRequest, checkCsrf, checkPage, type CsrfTokens } from '../sessions/csrf.js';
import { sessionOver, userDisabled } from '../sessions.errors.js';
import type { Admission } from './admission.js';
import { askedFor } from './asked-for.js';
import type { SessionCookies } from './session-cookies.js';
import type { SessionWatch } from './session-watch.js';
import type { KnownUser, UserReader } from './user-reader.js';

interface Parts {
  readonly tokens: AccessTokens;
  readonly provider: AuthProvider;
  readonly admission: Admission;
  readonly watch: SessionWatch;
  readonly users: UserReader;
  readonly cookies: SessionCookies;
  readonly csrf: CsrfTokens;
  /** Pages on other hosts that may use the cookies. */
  readonly origins: readonly string[];
}

const reading = ['GET', 'HEAD', 'OPTIONS'];

/** Recognises people: by an access token, or by the cookie that holds one. */
export class SessionAuthenticator {
  constructor(private readonly parts: Parts) {}

  /** @throws AppError `unauthenticated`, `forbidden` for who is shut out, `unavailable` */
  async ofToken(token: string, request: FastifyRequest): Promise<UserPrincipal> {
    const claims = await this.parts.tokens.verify(token);
    const user = await this.userOf(claims, token, request);
    if (user.disabled) throw userDisabled();
    const { id, email, role, scopes } = user;
    return { kind: 'user', id, label: id, sessionId: claims.sessionId, email, role, scopes };
  }

  /** @returns undefined when there is no such cookie; what it allows to change is asked of by a second one */
  ofCookie(request: FastifyRequest): Promise<UserPrincipal> | undefined {
    const { access } = this.parts.cookies.read(request.headers.cookie);
    if (access === undefined) return undefined;
    return reading.includes(request.method) ? this.ofToken(access, request) : this.withCsrf(access, request);
  }

  /** For routes that need the very token: where it is, it was checked before the route began. */
  tokenOf({ headers }: FastifyRequest): string {
    const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const token = bearer ?? this.parts.cookies.read(headers.cookie).access;
    if (token === undefined) throw sessionOver();
    return token;
  }

  /** @throws AppError `forbidden` when a request with this cookie may come from a page of somebody else */
  demandCsrf(sessionId: string, request: FastifyRequest): void {
    const { csrf, origins } = this.parts;
    checkCsrf(csrf, sessionId, this.shownBy(request), origins);
  }

  /** @throws AppError `forbidden` when a page of somebody else asks for cookies */
  demandOwnPage(request: FastifyRequest): void {
    checkPage(this.shownBy(request), this.parts.origins);
  }

  /** The host as the request names it: what a proxy says of it (`X-Forwarded-Host`) is not asked for, and not believed. */
  private shownBy({ headers }: FastifyRequest): BrowserRequest {
    return {
      origin: headers.origin,
      fetchSite: single(headers['sec-fetch-site']),
      host: headers.host,
      csrfHeader: single(headers['x-csrf-token']),
      csrfCookie: this.parts.cookies.read(headers.cookie).csrf,
    };
  }

  private async withCsrf(access: string, request: FastifyRequest): Promise<UserPrincipal> {
    const principal = await this.ofToken(access, request);
    this.demandCsrf(principal.sessionId, request);
    return principal;
  }

  private async userOf(claims: Claims, token: string, request: FastifyRequest): Promise<KnownUser> {
    const { watch, users } = this.parts;
    const { sessionId, userId } = claims;
    if (watch.hasEnded(sessionId)) throw sessionOver();
    if (!watch.isKnown(sessionId)) {
      const row = await watch.find(sessionId);
      if (!row) return await this.meet(claims, token, request);
      if (row.endedAt !== null || row.userId !== userId) throw sessionOver();
    }
    return (await users.find(userId)) ?? (await this.meet(claims, token, request));
  }

  /** A session that did not begin here: whether it goes on, only Supabase can tell; from then on we know it. */
  private async meet(claims: Claims, token: string, request: FastifyRequest): Promise<KnownUser> {
    const from = askedFor(request as HttpRequest);
    if (!(await this.parts.provider.isLive(token, from))) throw sessionOver();
    return await this.parts.admission.admit(claims, 'elsewhere', from);
  }
}

function single(given: string | string[] | undefined): string | undefined {
  return Array.isArray(given) ? given[0] : given;
}
