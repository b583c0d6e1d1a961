import { RouteConfig } from '@nestjs/platform-fastify';
import type { ErrorCode, Scope } from '@visapi/backend-kernel';
import type { z } from 'zod';

/**
 * Who may call a route: everybody, whoever has signed in, or a key or user that holds all the scopes. A route without a rule
 * keeps the process from starting.
 */
export type AccessRule =
  | 'public'
  | 'session'
  | {
      readonly scopes: readonly Scope[];
      /** Open to the machine itself while developing, so that a browser or scraper needs no key there. */
      readonly openOnLoopbackInDevelopment?: boolean;
    };

/** For routes that stand for several: finds the rule by the path's parameters; undefined = there is no such route. */
export type AccessResolver = (parameters: Readonly<Record<string, string>>) => AccessRule | undefined;

/** Which budget of requests a route draws on; without one, reads (GET, HEAD) and changes have theirs. */
export type RateClass = 'read' | 'change' | 'report' | 'webhook' | 'sign-in' | 'probe';

/** A request that is shown in the API description, and that a test sends. */
export interface RouteExample {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a caller reads of a route in the API description; the rest of it is read from the route itself. */
export interface RouteDocs {
  /** Its name in generated clients, such as `listOrders`. */
  readonly operation: string;
  readonly summary: string;
  readonly description?: string;
  /** Without them, the first part of the address. */
  readonly tags?: readonly string[];
  /** Days such as 2026-11-01: since when, and until when it is served. Its answers say so in their headers. */
  readonly deprecated?: { readonly since: string; readonly sunset: string };
  /** Codes beyond those that its rule and its input bring by themselves. */
  readonly errors?: readonly ErrorCode[];
  readonly example?: RouteExample;
  /** Of a body that reaches the handler as bytes. */
  readonly body?: z.ZodType;
  /** Media type of an answer outside the envelope. */
  readonly answers?: string;
}

/** For a handler that answers at several addresses: one of them, below `/api/v1/`. */
export type AddressDocs = RouteDocs & { readonly address: string };

/** What this library keeps in Fastify's route configuration. */
export interface RouteSettings {
  readonly access?: AccessRule | AccessResolver;
  /** Milliseconds; without it, what reads and what changes have limits of their own. */
  readonly limitMs?: number;
  /** Its senders send again what got 503: being late is being unavailable, not a failure of theirs. */
  readonly isRepeated?: boolean;
  readonly rate?: RateClass;
  /** Answers hold a secret: never kept, never logged. */
  readonly secret?: true;
  /** Whether an `Idempotency-Key` is heeded; without it, on every POST that demands scopes and is no webhook. */
  readonly creates?: boolean;
  readonly docs?: RouteDocs | readonly AddressDocs[];
  readonly raw?: boolean;
  readonly responds?: z.ZodType;
  /** Where the shapes of its input are found. */
  readonly handler?: RouteHandler;
}

export interface RouteHandler {
  readonly controller: object;
  readonly method: string | symbol;
}

type AccessSettings = Omit<RouteSettings, 'access' | 'raw' | 'responds' | 'handler'>;

declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- augmenting an interface needs an interface
  interface FastifyContextConfig extends RouteSettings {}
}

/** As the route says; without it, by what its method does. */
export function rateClassOf({ rate }: RouteSettings, method: string): RateClass {
  return rate ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'change');
}

const settingsOf = new WeakMap<object, RouteSettings>();

/**
 * Fastify's `config` metadata is one value per method, so decorators that each add a part share one object.
 */
function configure(part: RouteSettings): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const handler = descriptor.value as object;
    const place = { controller: target.constructor, method: key };
    const settings = { ...settingsOf.get(handler), handler: place, ...part };
    settingsOf.set(handler, settings);
    (RouteConfig(settings) as MethodDecorator)(target, key, descriptor);
  };
}

/** States who may call the route, checked before the body is read, how long its answer may take, and what it is for. */
export function Access(access: AccessRule | AccessResolver, settings: AccessSettings = {}): MethodDecorator {
  return configure({ access, ...settings });
}

/** The body reaches the handler as bytes, whatever its content type says. */
export function Raw(): MethodDecorator {
  return configure({ raw: true });
}

/** Shape of `data` in a successful answer (of each item, for lists): unknown fields are removed, a mismatch is a bug. */
export function Responds(schema: z.ZodType): MethodDecorator {
  return configure({ responds: schema });
}
