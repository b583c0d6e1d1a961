import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@visapi/backend-kernel';

/**
 * Signed double-submit tokens, bound to the session: who can write a cookie into somebody's browser still has no token for
 * his session. https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export class CsrfTokens {
  private readonly key: Buffer;

  constructor(pepper: string) {
    this.key = createHmac('sha256', pepper).update('csrf').digest();
  }

  make(sessionId: string): string {
    const chance = randomBytes(16).toString('base64url');
    return `${chance}.${this.sign(sessionId, chance)}`;
  }

  isOf(sessionId: string, token: string): boolean {
    const [chance = '', signature = '', ...more] = token.split('.');
    const wanted = Buffer.from(this.sign(sessionId, chance));
    const given = Buffer.from(signature);
    return more.length === 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  private sign(sessionId: string, chance: string): string {
    return createHmac('sha256', this.key).update(`${sessionId}!${chance}`).digest('base64url');
  }
}

/** What a browser says about where a request comes from. */
export interface BrowserRequest {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  /** The host it was sent to. */
  readonly host: string | undefined;
  readonly csrfHeader: string | undefined;
  readonly csrfCookie: string | undefined;
}

/**
 * For requests that change something and are believed because of a cookie.
 * @param origins pages of ours on other hosts
 * @throws AppError `forbidden`
 */
export function checkCsrf(
  tokens: CsrfTokens,
  sessionId: string,
  request: BrowserRequest,
  origins: readonly string[],
): void {
  checkPage(request, origins);
  const { csrfHeader, csrfCookie } = request;
  if (csrfHeader !== undefined && csrfHeader === csrfCookie && tokens.isOf(sessionId, csrfHeader)) return;
  throw new AppError(
    'forbidden',
    'A request with a cookie needs the value of the cookie visapi_csrf in X-CSRF-Token.',
  );
}

/** For requests that bring cookies about: no page of others signs somebody in. @throws AppError `forbidden` */
export function checkPage(request: BrowserRequest, origins: readonly string[]): void {
  if (!isFromUs(request, origins))
    throw new AppError('forbidden', 'This request comes from a page that may not send it.');
}

function isFromUs({ origin, fetchSite, host }: BrowserRequest, origins: readonly string[]): boolean {
  if (origin !== undefined) {
    if (origins.includes(origin)) return true;
    return host !== undefined && URL.parse(origin)?.host === host && fetchSite !== 'cross-site';
  }
  return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
}
