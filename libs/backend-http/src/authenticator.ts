import type { Scope } from '@visapi/backend-kernel';
import type { FastifyRequest } from 'fastify';

interface Known {
  readonly id: string;
  /** What this one may do; routes ask for nothing else. */
  readonly scopes: ReadonlySet<Scope>;
}

/** A program with an API key. */
export interface KeyPrincipal extends Known {
  readonly kind: 'api-key';
  /** Public name for logs and audit: the key's prefix. */
  readonly label: string;
}

/** A person who has signed in. */
export interface UserPrincipal extends Known {
  readonly kind: 'user';
  /** For logs: the user's id, never the e-mail address. */
  readonly label: string;
  /** The session that the access token belongs to. */
  readonly sessionId: string;
  readonly email: string;
  readonly role: string;
}

/** Who is asking. */
export type Principal = KeyPrincipal | UserPrincipal;

/** Recognises who sent a request. Provided by the access context. */
export abstract class Authenticator {
  /** @throws AppError `unauthenticated` when nobody is recognised, `unavailable` when that cannot be told now */
  abstract authenticate(request: FastifyRequest): Promise<Principal>;
}
