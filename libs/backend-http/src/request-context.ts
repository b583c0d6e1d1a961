import type { AskedBy, RequestTry } from '@visapi/backend-kernel';
import type { LogFields } from '@visapi/backend-observability';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './authenticator.js';
import { plainAddress } from './caller-address.js';
import type { RouteSettings } from './route.js';

/** What every request carries from its first hook on. */
export interface RequestContext {
  readonly correlationId: string;
  readonly arrivedAt: number;
  /** Its address as declared (`/api/v1/orders/:orderId`) and what is set of it; Fastify makes them anew for each look. */
  readonly route: string | undefined;
  readonly settings: RouteSettings;
  /** What the sender called its body. Nothing depends on it: every body is read as bytes. */
  readonly contentType: string | undefined;
  principal?: Principal;
  /** The body as it came, of requests whose `Idempotency-Key` is compared by it. */
  bytes?: Buffer;
  /** Set while the answer of this request is to be kept for its `Idempotency-Key`. */
  once?: RequestTry | undefined;
  /** The answer is made, and being kept before it is sent: no other is to be sent now. */
  isAnswered?: boolean;
  fields: LogFields;
}

export type HttpRequest = FastifyRequest & { visapi: RequestContext };

/** Adds fields to the one log line of this request. */
export function describeRequest(request: HttpRequest, fields: LogFields): void {
  request.visapi.fields = { ...request.visapi.fields, ...fields };
}

/** @throws when nobody was recognised: routes that change something are never public */
export function askedBy(request: HttpRequest): AskedBy {
  const { principal, correlationId, once } = request.visapi;
  if (!principal) throw new Error('A route that changes something must demand a scope');
  const kind = principal.kind === 'api-key' ? 'key' : 'user';
  return { actor: `${kind}:${principal.id}`, correlationId, ip: addressOf(request), ...(once && { once }) };
}

/** The API key that asks, for rows that say which one brought them; null when it is a user or nobody. */
export function askingKeyId({ visapi: { principal } }: HttpRequest): string | null {
  return principal?.kind === 'api-key' ? principal.id : null;
}

/** A socket that is gone has no address. */
function addressOf({ ip }: { readonly ip: string | undefined }): string | null {
  return ip === undefined ? null : plainAddress(ip);
}
