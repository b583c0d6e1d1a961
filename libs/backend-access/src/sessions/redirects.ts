import { AppError } from '@visapi/backend-kernel';

/** Anything that browsers and servers read differently: backslashes, blanks and controls, and what is not plain ASCII. */
const doubtful = /[^\x21-\x7e]|\\/;

/**
 * Where a link may lead: addresses with exactly the origin of one in the list, and a path that is below it.
 * @param allowed AUTH_REDIRECT_URLS
 * @throws AppError `invalid` for any other
 */
export function checkedRedirect(given: string, allowed: readonly string[]): string {
  const target = redirectIfAllowed(given, allowed);
  if (target !== undefined) return target;
  const message = 'must be below one of the addresses that are allowed (AUTH_REDIRECT_URLS)';
  throw new AppError('invalid', 'The request is not valid.', { details: [{ path: 'redirect_to', message }] });
}

/** The same for an address that nobody waits to hear about: undefined = not there. */
export function redirectIfAllowed(given: string, allowed: readonly string[]): string | undefined {
  const target = doubtful.test(given) || given.length > 2_000 ? null : URL.parse(given);
  return target && isBelowOne(target, allowed) && !hasUser(given) ? target.href : undefined;
}

function isBelowOne(target: URL, allowed: readonly string[]): boolean {
  if (!['http:', 'https:'].includes(target.protocol)) return false;
  // Encoded dots and slashes are left as they are by the parser, and may be decoded by whoever serves the page.
  if (/%2e|%2f|%5c|%25/i.test(target.pathname)) return false;
  return allowed.some((one) => {
    const base = new URL(one);
    if (base.origin !== target.origin) return false;
    const path = base.pathname.replace(/\/$/, '');
    return target.pathname === path || target.pathname.startsWith(`${path}/`) || path === '';
  });
}

/** The parser forgets an empty user, as in `https://@host`. */
function hasUser(given: string): boolean {
  const [authority = ''] = given.replace(/^[a-z]+:\/\//i, '').split(/[/?#]/);
  return authority.includes('@');
}
