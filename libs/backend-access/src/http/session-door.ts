import { askedBy, type HttpRequest } from '@visapi/backend-http';
import type { FastifyReply } from 'fastify';
import type { AskedFor, LinkType } from '../sessions/auth-provider.js';
import type { CsrfTokens } from '../sessions/csrf.js';
import { checkedRedirect } from '../sessions/redirects.js';
import { refreshRefused, sessionOver } from '../sessions.errors.js';
import { askedFor } from './asked-for.js';
import { toSignedIn, toSignedInByCookies } from './auth.schemas.js';
import type { SessionAuthenticator } from './session.authenticator.js';
import type { SessionCookies } from './session-cookies.js';
import type { OwnSession, SessionKeeper } from './session-keeper.js';
import type { SignedIn, SignIn } from './sign-in.js';

interface Parts {
  readonly signIn: SignIn;
  readonly keeper: SessionKeeper;
  readonly authenticator: SessionAuthenticator;
  readonly cookies: SessionCookies;
  readonly csrf: CsrfTokens;
  /** AUTH_REDIRECT_URLS */
  readonly redirects: readonly string[];
}

/** Sessions as HTTP hands them out: in the answer for tools, in cookies for browsers. */
export class SessionDoor {
  constructor(private readonly parts: Parts) {}

  async signUp(
    { email, password, redirectTo }: { email: string; password: string; redirectTo?: string | undefined },
    from: AskedFor,
  ): Promise<void> {
    await this.parts.signIn.signUp(email, password, this.redirectOf(redirectTo), from);
  }

  async sendLink(
    kind: 'magic-link' | 'recovery',
    { email, redirectTo }: { email: string; redirectTo?: string | undefined },
    from: AskedFor,
  ): Promise<void> {
    await this.parts.signIn.sendLink(kind, email, this.redirectOf(redirectTo), from);
  }

  async signIn(
    { email, password, cookies }: { email: string; password: string; cookies: boolean },
    request: HttpRequest,
    reply: FastifyReply,
  ) {
    if (cookies) this.parts.authenticator.demandOwnPage(request);
    const signedIn = await this.parts.signIn.withPassword(email, password, askedFor(request));
    return cookies ? this.byCookies(signedIn, reply) : toSignedIn(signedIn);
  }

  async refresh(given: string | undefined, request: HttpRequest, reply: FastifyReply) {
    const { keeper, cookies, authenticator } = this.parts;
    const from = askedFor(request);
    if (given !== undefined) return toSignedIn(await keeper.refresh(given, from));
    const { refresh } = cookies.read(request.headers.cookie);
    const session = refresh === undefined ? undefined : await keeper.sessionOf(refresh);
    if (refresh === undefined || !session) throw refreshRefused();
    authenticator.demandCsrf(session.id, request);
    return this.byCookies(await keeper.refresh(refresh, from), reply);
  }

  /** The redirect is checked first: a link that leads elsewhere uses nothing up. */
  async confirm(
    query: { token_hash: string; type: LinkType; redirect_to?: string | undefined },
    from: AskedFor,
    reply: FastifyReply,
  ) {
    const target = this.redirectOf(query.redirect_to);
    const answer = this.byCookies(
      await this.parts.signIn.withLink(query.token_hash, query.type, from),
      reply,
    );
    if (target !== undefined) void reply.status(303).header('location', target);
    return answer;
  }

  async signOut(everywhere: boolean, request: HttpRequest, reply: FastifyReply): Promise<void> {
    const { keeper, cookies } = this.parts;
    await keeper.signOut(this.ownOf(request), everywhere, askedBy(request), askedFor(request));
    cookies.clear(reply);
  }

  async changePassword(
    { currentPassword, newPassword }: { currentPassword?: string | undefined; newPassword: string },
    request: HttpRequest,
  ): Promise<void> {
    const passwords = { current: currentPassword, next: newPassword };
    await this.parts.keeper.changePassword(
      this.ownOf(request),
      passwords,
      askedBy(request),
      askedFor(request),
    );
  }

  private byCookies(signedIn: SignedIn, reply: FastifyReply) {
    const csrf = this.parts.csrf.make(signedIn.session.sessionId);
    this.parts.cookies.set(reply, signedIn.session, csrf);
    return toSignedInByCookies(signedIn, csrf);
  }

  private redirectOf(given: string | undefined): string | undefined {
    const { redirects } = this.parts;
    return given === undefined ? redirects[0] : checkedRedirect(given, redirects);
  }

  private ownOf(request: HttpRequest): OwnSession {
    const { principal } = request.visapi;
    if (principal?.kind !== 'user') throw sessionOver();
    const { id: userId, sessionId, email } = principal;
    return { userId, sessionId, email, accessToken: this.parts.authenticator.tokenOf(request) };
  }
}
