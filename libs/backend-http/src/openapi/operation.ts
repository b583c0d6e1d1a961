import { z } from 'zod';
import type { RouteExample } from '../route.js';
import { codesOf, isIdempotentByKey, responseName, statusOfCode, takesBody } from './errors.js';
import type { Json, JsonSchemas } from './json-schemas.js';
import type { ApiRoute } from './route-list.js';
import { headersOf } from './shared-parts.js';

/** What OpenAPI says of one route. */
export function operationOf(route: ApiRoute, schemas: JsonSchemas): Json {
  const { docs, path, rule, rate, settings } = route;
  if (!docs) throw new Error(`${route.method} ${path} has no docs`);
  const parameters = parametersOf(route, schemas);
  const scopes = typeof rule === 'object' ? rule.scopes : [];
  return {
    operationId: docs.operation,
    summary: docs.summary,
    ...described(route, docs.description),
    tags: tagsOfRoute(route),
    ...(docs.deprecated ? { deprecated: true } : {}),
    security:
      rule === 'public' ? [] : ['apiKey', 'bearer', 'session'].map((scheme) => ({ [scheme]: scopes })),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takesBody(route) ? { requestBody: bodyOf(route, schemas) } : {}),
    responses: responsesOf(route, schemas),
    'x-rate-class': rate,
    ...(settings.secret ? { 'x-secret': true } : {}),
  };
}

export function tagsOfRoute({ docs, path }: ApiRoute): readonly string[] {
  const [first = ''] = path.replace(/^\/(api\/(v1\/)?)?/, '').split('/');
  return docs?.tags ?? [first];
}

function described({ rule, settings }: ApiRoute, description: string | undefined): Json {
  const scopes = typeof rule === 'object' ? rule.scopes.map((scope) => `\`${scope}\``).join(' and ') : '';
  const demands = typeof rule === 'object' ? `Demands ${scopes}.` : undefined;
  const session = rule === 'session' ? 'Demands the session of a user.' : undefined;
  const deprecated = settings.docs && 'deprecated' in settings.docs ? settings.docs.deprecated : undefined;
  const until = deprecated && `Deprecated since ${deprecated.since}; served until ${deprecated.sunset}.`;
  const parts = [description, demands, session, until].filter((part) => part !== undefined);
  return parts.length > 0 ? { description: parts.join('\n\n') } : {};
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
}

function parametersOf(route: ApiRoute, schemas: JsonSchemas): Json[] {
  const { input, path, docs } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const ofPath = objectOf(input.path, schemas);
  const ofQuery = objectOf(input.query, schemas);
  const inPath = names.map((name) => ({
    ...parameter('path', name, ofPath.properties?.[name] ?? { type: 'string' }, docs?.example),
    required: true,
  }));
  const inQuery = Object.entries(ofQuery.properties ?? {}).map(([name, schema]) => ({
    ...parameter('query', name, schema, docs?.example),
    ...(ofQuery.required?.includes(name) ? { required: true } : {}),
  }));
  const key = isIdempotentByKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : [];
  return [...inPath, ...inQuery, ...key, { $ref: '#/components/parameters/CorrelationId' }];
}

function parameter(place: 'path' | 'query', name: string, schema: Json, example: RouteExample = {}): Json {
  const { description, ...rest } = schema;
  const shown = example[place]?.[name];
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    schema: rest,
    ...(shown === undefined ? {} : { example: shown }),
  };
}

function objectOf(schema: z.ZodType | undefined, schemas: JsonSchemas): ObjectSchema {
  return schema ? schemas.of(schema, 'input') : {};
}

function bodyOf({ input, docs }: ApiRoute, schemas: JsonSchemas): Json {
  const schema = input.body ?? docs?.body;
  const isOptional = input.body?.safeParse(undefined).success === true;
  const example = docs?.example?.body;
  return {
    required: !isOptional,
    content: {
      'application/json': {
        schema: schema ? schemas.of(schema, 'input') : {},
        ...(example === undefined ? {} : { example }),
      },
    },
  };
}

function responsesOf(route: ApiRoute, schemas: JsonSchemas): Json {
  const byStatus = Map.groupBy(codesOf(route), statusOfCode);
  const failures = [...byStatus].map(([status, codes]) => [
    String(status),
    { $ref: `#/components/responses/${responseName(codes)}` },
  ]);
  return { [String(route.status)]: successOf(route, schemas), ...Object.fromEntries(failures) };
}

function successOf(route: ApiRoute, schemas: JsonSchemas): Json {
  const { docs } = route;
  const type = docs?.answers ?? 'application/json';
  const schema = docs?.answers === undefined ? envelopeOf(route, schemas) : { type: 'string' };
  const outside = docs?.answers === 'application/json' ? { type: 'object' } : schema;
  return {
    description: docs?.summary,
    headers: headersOf(route),
    content: { [type]: { schema: outside } },
  };
}

/** The success envelope; a route that takes `perPage` answers a list with its pagination. */
function envelopeOf(route: ApiRoute, schemas: JsonSchemas): Json {
  const { settings, input } = route;
  const items = settings.responds ? schemas.of(z.object({ data: settings.responds }), 'output') : undefined;
  const data = (items as ObjectSchema | undefined)?.properties?.['data'] ?? {};
  const isPage = [input.query, input.body].some((one) => objectOf(one, schemas).properties?.['perPage']);
  const properties = {
    success: { type: 'boolean', const: true },
    data: isPage ? { type: 'array', items: data } : data,
    ...(isPage ? { pagination: { $ref: '#/components/schemas/Pagination' } } : {}),
    meta: { $ref: '#/components/schemas/Meta' },
  };
  return { type: 'object', properties, required: Object.keys(properties) };
}
