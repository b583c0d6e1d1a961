import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly example?: string;
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly schema: object; readonly example?: unknown };
    };
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
  readonly security: readonly { readonly apiKey?: readonly string[] }[];
  readonly description?: string;
  readonly 'x-rate-class': string;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: object;
}

/** One route as the committed description tells of it. */
export interface ApiOperation extends Described {
  readonly method: string;
  readonly path: string;
  /** Of a success. */
  readonly status: number;
  readonly contentType: string;
}

const description = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.json'), 'utf8'),
) as Description;

export const operations: readonly ApiOperation[] = Object.entries(description.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const [status = '', { content = {} } = {}] = Object.entries(operation.responses)[0] ?? [];
      return {
        ...operation,
        method: method.toUpperCase(),
        path,
        status: Number(status),
        contentType: Object.keys(content)[0] ?? '',
      };
    }),
);

/** The address of an operation's example, with `id` where the example names a thing by an id of ours. */
export function addressOf({ path, parameters = [] }: ApiOperation, id?: string): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place, example } of parameters) {
    if (place === 'query' && example !== undefined) query.set(name, example);
    if (place === 'path')
      filled = filled.replace(`{${name}}`, encodeURIComponent(id ?? example ?? 'nothing'));
  }
  return query.size > 0 ? `${filled}?${query.toString()}` : filled;
}

export function exampleBody({ requestBody }: ApiOperation): unknown {
  return requestBody?.content['application/json'].example;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'api', components: placed(description.components) });

/** Checks a body by the schema that the description gives for this status. */
export function validatorOf({ responses }: ApiOperation, status: number): ValidateFunction {
  const schema = responses[String(status)]?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`The description has no JSON of status ${status}`);
  return ajv.compile(placed(schema) as object);
}

/** References of the document, as those of one schema among others. */
function placed(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as unknown;
}
