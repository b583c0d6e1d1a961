import { z } from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/** JSON Schemas of zod's, where those that have an id stand once among the components. */
export class JsonSchemas {
  private readonly named = new Map<string, Json>();
  /** Many routes share a schema, and each is asked for more than once. */
  private readonly known = { input: new Map<z.ZodType, Json>(), output: new Map<z.ZodType, Json>() };

  /** What is sent (`input`) or answered (`output`). */
  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const found = this.known[io].get(schema) ?? this.convert(schema, io);
    this.known[io].set(schema, found);
    return found;
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): Json {
    const made = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        // A default that is refused is there to be told what is missing.
        if ('default' in jsonSchema && !z.safeParse(zodSchema, undefined).success) delete jsonSchema.default;
        tidy(jsonSchema, io);
      },
    });
    const {
      $schema: _,
      $defs = {},
      ...rest
    } = referring(made) as Json & { readonly $defs?: Readonly<Record<string, Json>> };
    for (const [id, { id: _id, ...definition }] of Object.entries($defs)) this.add(id, definition);
    return rest;
  }

  /** @throws when the id already stands for something else: each would be read as the other */
  add(id: string, schema: Json): void {
    const known = this.named.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two schemas have the id ${id}`);
    this.named.set(id, schema);
  }

  components(): Json {
    return Object.fromEntries([...this.named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The parts of a JSON Schema that tell readers nothing, or nothing true. */
function tidy(jsonSchema: Record<string, unknown>, io: 'input' | 'output'): void {
  // The pattern of a format is its implementation.
  if (jsonSchema['format'] !== undefined) delete jsonSchema['pattern'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  splitByNeed(jsonSchema);
  // Answers may gain fields; a reader that refuses what it does not know would break.
  if (io === 'output' && jsonSchema['additionalProperties'] === false)
    delete jsonSchema['additionalProperties'];
}

/** What `needsOneOf` says in words: an object of the same fields for each that may be the one that is needed. */
function splitByNeed(jsonSchema: Record<string, unknown>): void {
  const { needsOneOf: names, required = [], ...rest } = jsonSchema;
  if (!Array.isArray(names)) return;
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  jsonSchema['anyOf'] = names.map((name: string) => ({
    ...rest,
    required: [...(required as string[]), name],
  }));
}

const place = '#/components/schemas/';

function referring(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referring);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', place) : referring(value),
    ]),
  );
}
