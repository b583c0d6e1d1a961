import { askedBy, type HttpRequest } from '@visapi/backend-http';
import { isGrant, SCOPES } from '@visapi/backend-kernel';
import { z } from 'zod';
import type { Granter } from '../grants.js';

/** What a key or role may do: scopes, or all actions of a resource such as `orders:*`; each once. */
export const grantsField = z
  .array(
    z
      .string('must be the name of a scope')
      .refine(isGrant, { error: ({ input }) => unknownScope(String(input).slice(0, 60)) }),
    'must be a list of scopes',
  )
  .max(SCOPES.length, `must name at most ${SCOPES.length} scopes`)
  .transform((grants) => [...new Set(grants)]);

/** Says the scopes of the resource that was meant, else all of them. */
function unknownScope(given: string): string {
  const [resource] = given.split(':');
  const near = SCOPES.filter((scope) => scope.split(':')[0] === resource);
  return `there is no scope ${JSON.stringify(given)}; known are ${(near.length > 0 ? near : SCOPES).join(', ')}`;
}

/** @throws when nobody was recognised: routes that grant are never public */
export function granterOf(request: HttpRequest): Granter {
  const { principal } = request.visapi;
  if (!principal) throw new Error('A route that grants must demand a scope');
  return { ...askedBy(request), scopes: principal.scopes };
}
