import type { ProcessConfig } from '@visapi/backend-config';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply } from 'fastify';
import type { GivenSession } from '../sessions/auth-provider.js';

/** Only sign-in routes are shown the refresh token. */
const refreshPath = '/api/v1/auth';
/** As long as Supabase lets a session rest. */
const refreshSeconds = 30 * 86_400;

interface Held {
  readonly access?: string | undefined;
  readonly refresh?: string | undefined;
  readonly csrf?: string | undefined;
}

/**
 * The cookies of a browser's session. In production they demand TLS, and by their prefix no other host of the domain can
 * write them: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
 */
export class SessionCookies {
  private readonly secure: boolean;
  private readonly names: Readonly<Record<'access' | 'refresh' | 'csrf', string>>;

  constructor(environment: ProcessConfig['environment']) {
    this.secure = environment === 'production';
    const [host, path] = this.secure ? ['__Host-', '__Secure-'] : ['', ''];
    this.names = {
      access: `${host}visapi_session`,
      refresh: `${path}visapi_refresh`,
      // Pages read this one, under one name everywhere.
      csrf: 'visapi_csrf',
    };
  }

  read(header: string | undefined): Held {
    if (header === undefined || !header.includes('visapi_')) return {};
    const {
      [this.names.access]: access,
      [this.names.refresh]: refresh,
      visapi_csrf: csrf,
    } = parseCookie(header);
    return { access, refresh, csrf };
  }

  set(reply: FastifyReply, session: GivenSession, csrf: string): void {
    const { access, refresh } = this.names;
    this.write(reply, [
      { name: access, value: session.accessToken, maxAge: session.expiresIn },
      { name: refresh, value: session.refreshToken, maxAge: refreshSeconds, path: refreshPath },
      { name: 'visapi_csrf', value: csrf, maxAge: refreshSeconds, httpOnly: false },
    ]);
  }

  clear(reply: FastifyReply): void {
    const { access, refresh, csrf } = this.names;
    const gone = { value: '', maxAge: 0 };
    this.write(reply, [
      { name: access, ...gone },
      { name: refresh, ...gone, path: refreshPath },
      { name: csrf, ...gone, httpOnly: false },
    ]);
  }

  private write(
    reply: FastifyReply,
    cookies: readonly { name: string; value: string; maxAge: number; path?: string; httpOnly?: boolean }[],
  ): void {
    const common = { httpOnly: true, sameSite: 'lax', path: '/', secure: this.secure } as const;
    for (const cookie of cookies)
      void reply.header('set-cookie', stringifySetCookie({ ...common, ...cookie }));
  }
}
