import { Authenticator, type Principal } from '@visapi/backend-http';
import type { FastifyRequest } from 'fastify';
import { looksLikeToken } from '../sessions/access-token.js';
import type { ApiKeyAuthenticator } from './api-key.authenticator.js';
import type { SessionAuthenticator } from './session.authenticator.js';

/**
 * Whoever asks, by what is sent: an API key, an access token, or a cookie. One of them is looked at, never a second when the
 * first is wrong.
 */
export class CompositeAuthenticator extends Authenticator {
  constructor(
    private readonly keys: ApiKeyAuthenticator,
    private readonly sessions: SessionAuthenticator,
  ) {
    super();
  }

  // Not async: for keys, which come with every webhook, nothing is added but the looks at two headers.
  authenticate(request: FastifyRequest): Promise<Principal> {
    const { headers } = request;
    if (headers['x-api-key'] !== undefined) return this.keys.authenticate(request);
    const { authorization, cookie } = headers;
    if (authorization !== undefined) {
      const token = /^Bearer\s+(eyJ\S+)$/i.exec(authorization)?.[1];
      return token !== undefined && looksLikeToken(token)
        ? this.sessions.ofToken(token, request)
        : this.keys.authenticate(request);
    }
    const held = cookie === undefined ? undefined : this.sessions.ofCookie(request);
    return held ?? this.keys.authenticate(request);
  }
}
