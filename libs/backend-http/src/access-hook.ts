import type { ProcessConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import type { Authenticator } from './authenticator.js';
import { isFromThisMachine } from './own-machine.js';
import type { HttpRequest } from './request-context.js';
import type { AccessRule } from './route.js';

/** Checks a request against its route's rule before anything of its body is read. Deny by default. */
export function accessHook(authenticator: Authenticator, environment: ProcessConfig['environment']) {
  return async (request: HttpRequest): Promise<void> => {
    if (request.is404) return;
    const { access } = request.visapi.settings;
    const rule = typeof access === 'function' ? access(request.params as Record<string, string>) : access;
    if (rule === undefined) throw new AppError('not-found', 'There is nothing at this address.');
    if (rule === 'public') return;
    if (rule !== 'session' && isOpenHere(rule, request, environment)) return;
    const principal = await authenticator.authenticate(request);
    request.visapi.principal = principal;
    if (rule === 'session') {
      if (principal.kind === 'user') return;
      throw new AppError(
        'unauthenticated',
        'Sign in: this is about the session of a user, and an API key has none.',
      );
    }
    const missing = rule.scopes.filter((scope) => !principal.scopes.has(scope));
    if (missing.length === 0) return;
    const details = missing.map((scope) => ({ path: 'scope', message: `${scope} is missing` }));
    throw new AppError('forbidden', 'You may not do that.', { details });
  };
}

function isOpenHere(
  rule: Exclude<AccessRule, 'public' | 'session'>,
  request: HttpRequest,
  environment: ProcessConfig['environment'],
): boolean {
  if (!rule.openOnLoopbackInDevelopment || environment !== 'development') return false;
  return isFromThisMachine(request.raw);
}
