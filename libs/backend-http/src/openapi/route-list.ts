import { HTTP_CODE_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { z } from 'zod';
import {
  type AccessRule,
  type RateClass,
  rateClassOf,
  type RouteDocs,
  type RouteHandler,
  type RouteSettings,
} from '../route.js';
import { announceDeprecation } from './deprecation.js';

declare module 'fastify' {
  interface FastifyInstance {
    visapiRoutes: RouteList;
  }
}

/** Has an application know its own routes, and say of those that are deprecated that they are. */
export function listRoutes(fastify: FastifyInstance): void {
  const routes = new RouteList();
  fastify.decorate('visapiRoutes', routes);
  fastify.addHook('onRoute', (route) => {
    routes.add(route);
    const { docs } = route.config as RouteSettings;
    const deprecated = docs && 'deprecated' in docs ? docs.deprecated : undefined;
    if (deprecated) route.onRequest = [route.onRequest ?? [], announceDeprecation(deprecated)].flat();
  });
}

/** One address and method, with everything that is declared of it. */
export interface ApiRoute {
  /** In small letters, as OpenAPI writes it. */
  readonly method: string;
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly rule: AccessRule;
  readonly rate: RateClass;
  readonly settings: RouteSettings;
  readonly docs: RouteDocs | undefined;
  readonly input: RouteInput;
  /** Of a successful answer. */
  readonly status: number;
}

export interface RouteInput {
  readonly path?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** What Nest keeps of a handler's parameters, by `<kind>:<index>`. */
type Arguments = Readonly<Record<string, { readonly schema?: z.ZodType }>>;

/** The routes of an application, as they are registered. */
class RouteList {
  private readonly registered: RouteOptions[] = [];

  add(route: RouteOptions): void {
    this.registered.push(route);
  }

  /** Each address once; HEAD is answered wherever GET is, and told of nowhere. */
  all(): ApiRoute[] {
    return this.registered.flatMap((route) =>
      [route.method]
        .flat()
        .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
        .flatMap((method) => describe(method, route.url, route.config as RouteSettings)),
    );
  }
}

function describe(method: string, url: string, settings: RouteSettings): ApiRoute[] {
  const { access, docs, handler } = settings;
  const common = { method: method.toLowerCase(), rate: rateClassOf(settings, method), settings };
  const read = { input: inputOf(handler), status: statusOf(method, handler) };
  if (!isMany(docs)) {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    // Only a handler of several addresses finds its rule by the address.
    return typeof access === 'object' || typeof access === 'string'
      ? [{ ...common, ...read, path, rule: access, docs }]
      : [];
  }
  const pattern = new RegExp(`^${url.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return docs.flatMap((one) => {
    const path = `/api/v1/${one.address}`;
    const match = pattern.exec(path);
    const rule = typeof access === 'function' ? access({ ...match?.groups }) : access;
    return match && rule ? [{ ...common, ...read, path, rule, docs: one }] : [];
  });
}

function isMany(docs: RouteSettings['docs']): docs is Extract<RouteSettings['docs'], readonly unknown[]> {
  return Array.isArray(docs);
}

function inputOf(handler: RouteHandler | undefined): RouteInput {
  if (!handler) return {};
  const { controller, method } = handler;
  const given = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as Arguments | undefined;
  const schemaOf = (kind: RouteParamtypes) =>
    Object.entries(given ?? {}).find(([key]) => key.startsWith(`${kind}:`))?.[1].schema;
  return {
    path: schemaOf(RouteParamtypes.PARAM),
    query: schemaOf(RouteParamtypes.QUERY),
    body: schemaOf(RouteParamtypes.BODY),
  };
}

function statusOf(method: string, handler: RouteHandler | undefined): number {
  const fallback = method === 'POST' ? 201 : 200;
  if (!handler) return fallback;
  const { prototype } = handler.controller as {
    readonly prototype: Readonly<Record<string | symbol, object>>;
  };
  const code: unknown = Reflect.getMetadata(HTTP_CODE_METADATA, prototype[handler.method] as object);
  return typeof code === 'number' ? code : fallback;
}
