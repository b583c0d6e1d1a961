import type { Scope } from '@visapi/backend-kernel';
import type { FastifyRequest } from 'fastify';

/** Who is asking. */
export interface Principal {
  readonly kind: 'api-key';
  readonly id: string;
  /** Public name for logs and audit: the key's prefix. */
  readonly label: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Recognises who sent a request. Provided by the access context. */
export abstract class Authenticator {
  /** @throws AppError `unauthenticated` when nobody is recognised, `unavailable` when that cannot be told now */
  abstract authenticate(request: FastifyRequest): Promise<Principal>;
}
