import { type Json, JsonSchemas } from './json-schemas.js';
import { operationOf, tagsOfRoute } from './operation.js';
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
  return routes.flatMap((route) => {
    const { method, path, docs } = route;
    const name = `${method.toUpperCase()} ${path}`;
    if (!docs?.summary) return [`${name} has no docs: @Access(rule, { docs: { operation, summary } })`];
    const strangers = tagsOfRoute(route).filter((tag) => !(tag in tagTexts));
    if (strangers.length > 0)
      return [`${name} has a tag that tags.ts does not explain: ${strangers.join(', ')}`];
    const isOne = operations.get(docs.operation)?.length === 1;
    return isOne ? [] : [`${name} is not the only operation that is called ${docs.operation}`];
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
  return {
    openapi: '3.1.0',
    info: { title: 'VisAPI', version, description: about },
    servers: [{ url: '/', description: 'This one' }],
    tags: tagsOf(routes),
    paths: Object.fromEntries(paths),
    components: {
      schemas: schemas.components(),
      responses: errorResponses(routes),
      parameters: sharedParameters,
      headers: sharedHeaders,
      securitySchemes,
    },
  };
}

function tagsOf(routes: readonly ApiRoute[]): Json[] {
  const used = new Set(routes.flatMap(tagsOfRoute));
  return Object.entries(tagTexts)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}
