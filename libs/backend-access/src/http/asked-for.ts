import type { HttpRequest } from '@visapi/backend-http';
import type { AskedFor } from '../sessions/auth-provider.js';

/** What goes with a question that somebody asks before we know who it is. */
export function askedFor({ visapi, ip }: HttpRequest): AskedFor {
  // A socket that is gone has no address; one for both families shows IPv4 within IPv6.
  const address = (ip as string | undefined)?.replace(/^::ffff:(?=\d+\.)/i, '');
  return { correlationId: visapi.correlationId, ip: address ?? null };
}
