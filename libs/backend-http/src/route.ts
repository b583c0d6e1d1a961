import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '@visapi/backend-kernel';
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

/** What this library keeps in Fastify's route configuration. */
export interface RouteSettings {
  readonly access?: AccessRule | AccessResolver;
  /** Milliseconds; without it, what reads and what changes have limits of their own. */
  readonly limitMs?: number;
  /** Its senders send again what got 503: being late is being unavailable, not a failure of theirs. */
  readonly isRepeated?: boolean;
  readonly raw?: boolean;
  readonly responds?: z.ZodType;
}

declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- augmenting an interface needs an interface
  interface FastifyContextConfig extends RouteSettings {}
}

const settingsOf = new WeakMap<object, RouteSettings>();

/**
 * Fastify's `config` metadata is one value per method, so decorators that each add a part share one object.
 */
function configure(part: RouteSettings): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const handler = descriptor.value as object;
    const settings = { ...settingsOf.get(handler), ...part };
    settingsOf.set(handler, settings);
    (RouteConfig(settings) as MethodDecorator)(target, key, descriptor);
  };
}

/** States who may call the route, checked before the body is read, and how long its answer may take. */
export function Access(
  access: AccessRule | AccessResolver,
  limit: Pick<RouteSettings, 'limitMs' | 'isRepeated'> = {},
): MethodDecorator {
  return configure({ access, ...limit });
}

/** The body reaches the handler as bytes, whatever its content type says. */
export function Raw(): MethodDecorator {
  return configure({ raw: true });
}

/** Shape of `data` in a successful answer (of each item, for lists): unknown fields are removed, a mismatch is a bug. */
export function Responds(schema: z.ZodType): MethodDecorator {
  return configure({ responds: schema });
}
