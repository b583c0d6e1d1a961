import { type Json, JsonSchemas } from './json-schemas.js';
import { operationOf } from './operation.js';
import type { ApiRoute } from './route-list.js';
import {
  errorResponses,
  securitySchemes,
  sharedHeaders,
  sharedParameters,
  sharedSchemas,
} from './shared-parts.js';
import { tagTexts } from './tags.js';

const about = `Every paid order reaches its customer, once, provably.

Answers stand in an envelope: \`{ "success": true, "data", "meta" }\`, lists with \`pagination\`; failures are
\`{ "success": false, "error": { "code", "message", "details"? }, "meta" }\`, or RFC 9457 with
\`Accept: application/problem+json\`. The codes are explained at [/api/docs/errors](/api/docs/errors).

Keys are sent as \`X-API-Key\` or \`Authorization: Bearer\`. A route says which scopes it demands.`;

/** The routes that lack something a reader needs, each with what it lacks. */
export function undocumented(routes: readonly ApiRoute[]): string[] {
  const operations = Map.groupBy(routes, ({ docs }) => docs?.operation);
  return routes.flatMap(({ method, path, docs }) => {
    const route = `${method.toUpperCase()} ${path}`;
    if (!docs?.summary) return [`${route} has no docs: @Access(rule, { docs: { operation, summary } })`];
    const isOne = operations.get(docs.operation)?.length === 1;
    return isOne ? [] : [`${route} is not the only operation that is called ${docs.operation}`];
  });
}

/**
 * The OpenAPI 3.1 description of an application.
 * @throws when a route says nothing of itself
 */
export function describeApi(routes: readonly ApiRoute[], version: string): Json {
  const lacking = undocumented(routes);
  if (lacking.length > 0) throw new Error(lacking.join('\n'));
  const schemas = new JsonSchemas();
  for (const [id, schema] of Object.entries(sharedSchemas)) schemas.add(id, schema);
  const sorted = [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const paths = [...Map.groupBy(sorted, ({ path }) => path)].map(([path, ofPath]) => [
    path,
    Object.fromEntries(ofPath.map((route) => [route.method, operationOf(route, schemas)])),
  ]);
  const made = Object.fromEntries(paths) as Readonly<Record<string, Json>>;
  return {
    openapi: '3.1.0',
    info: { title: 'VisAPI', version, description: about },
    servers: [{ url: '/', description: 'This one' }],
    tags: tagsOf(made),
    paths: made,
    components: {
      schemas: schemas.components(),
      responses: errorResponses(routes),
      parameters: sharedParameters,
      headers: sharedHeaders,
      securitySchemes,
    },
  };
}

/** @throws when a tag is not explained */
function tagsOf(paths: Readonly<Record<string, Json>>): Json[] {
  const operations = Object.values(paths).flatMap((path) => Object.values(path)) as { tags: string[] }[];
  const used = new Set(operations.flatMap(({ tags }) => tags));
  const unknown = [...used].filter((name) => !(name in tagTexts));
  if (unknown.length > 0) throw new Error(`These tags are not explained in tags.ts: ${unknown.join(', ')}`);
  return Object.entries(tagTexts)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}
