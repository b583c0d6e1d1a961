import { addressGroup, type HttpRequest, plainAddress } from '@visapi/backend-http';
import type { AskedFor } from '../sessions/auth-provider.js';
import type { Try } from '../sessions/lockout.js';

/** What goes with a question that somebody asks before we know who it is. */
export function askedFor({ visapi, ip }: HttpRequest): AskedFor {
  // A socket that is gone has no address.
  const address = ip as string | undefined;
  return { correlationId: visapi.correlationId, ip: address === undefined ? null : plainAddress(address) };
}

/** Who guesses as whom: whoever is given an IPv6 address has a whole network of them to guess from. */
export function tryOf(email: string, { ip }: AskedFor): Try {
  return { email, address: addressGroup(ip ?? undefined) };
}
