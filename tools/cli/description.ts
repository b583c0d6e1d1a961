import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../launcher/settings.ts';

/** A route as `docs/openapi.json` describes it: what the API takes is said there, and here never again. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1/`, such as `orders/{orderId}`. */
  readonly path: string;
  readonly summary: string;
  /** Names of what stands in the path, in their order. */
  readonly places: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Whether it answers page after page. */
  readonly isList: boolean;
}

/** What is sent in the query or the body, as an option of the command line. */
export interface Parameter {
  /** `createdFrom` is `--created-from`. */
  readonly option: string;
  /** Where it stands in the query or the body; several names for what is nested. */
  readonly keys: readonly string[];
  readonly within: 'query' | 'body';
  readonly isRequired: boolean;
  readonly schema: Schema;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
}

interface Route {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly in?: string;
    readonly name?: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>;
}

let description: Description | undefined;

/** @throws Error for what the API does not have: a mistake of ours, which a spec finds */
export function operationOf(id: string): Operation {
  description ??= JSON.parse(readFileSync(join(REPOSITORY, 'docs', 'openapi.json'), 'utf8')) as Description;
  for (const [path, routes] of Object.entries(description.paths))
    for (const [method, route] of Object.entries(routes))
      if (route.operationId === id) return toOperation(method, path, route);
  throw new Error(`docs/openapi.json has no operation ${id}`);
}

function toOperation(method: string, path: string, route: Route): Operation {
  const parameters = [...queryOf(route), ...bodyOf(route.requestBody?.content['application/json']?.schema)];
  const answer = (route.responses['200'] ?? route.responses['201'])?.content?.['application/json']?.schema;
  return {
    method: method.toUpperCase() as Operation['method'],
    path: path.replace(/^\/api\/v1\//, ''),
    summary: route.summary,
    places: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    // What the query and the body both take is sent once.
    parameters: parameters.filter(
      ({ option }, index) => parameters.findIndex((one) => one.option === option) === index,
    ),
    isList: answer?.properties?.['pagination'] !== undefined,
  };
}

function queryOf({ parameters = [] }: Route): Parameter[] {
  return parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name = '', required = false, schema = {} }) => ({
      option: optionOf(name),
      keys: [name],
      within: 'query',
      isRequired: required,
      schema,
    }));
}

/** Objects are opened, so that `filter.state` is `--state`. */
function bodyOf(schema: Schema | undefined, above: readonly string[] = []): Parameter[] {
  const { properties = {}, required = [] } = asOneObject(schema ?? {});
  return Object.entries(properties).flatMap(([name, inner]): Parameter[] => {
    const keys = [...above, name];
    if (inner.properties) return bodyOf(inner, keys);
    const isRequired = required.includes(name);
    return [{ option: optionOf(name), keys, within: 'body', isRequired, schema: inner }];
  });
}

/** Of several objects that a body may be: the fields of all; needed is what each of them needs, the rest the API says. */
function asOneObject(schema: Schema): Schema {
  const { anyOf } = schema;
  if (!anyOf) return schema;
  const [first, ...more] = anyOf.map(({ required = [] }) => required);
  return {
    properties: Object.assign({}, ...anyOf.map(({ properties }) => properties)) as Schema['properties'],
    required: first?.filter((name) => more.every((needed) => needed.includes(name))),
  };
}

function optionOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
