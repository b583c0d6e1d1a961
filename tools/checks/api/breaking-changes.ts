import { goneFields, misfits, type Placed, type Schema } from './schema-fit.ts';

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** The parts of an OpenAPI document that callers depend on. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

/** What a caller who was written for `released` finds different in `current`, each as a sentence. */
export function breakingChanges(released: ApiDescription, current: ApiDescription): string[] {
  return Object.entries(released.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, before]) => {
      const route = `${method.toUpperCase()} ${path}`;
      const now = current.paths[path]?.[method];
      if (!now) return [`${route} is gone`];
      const pair = { released, current, before, now };
      const found = [...renamed(pair), ...closed(pair), ...asked(pair), ...body(pair), ...answers(pair)];
      return [...new Set(found)].map((change) => `${route}: ${change}`);
    }),
  );
}

interface Pair {
  readonly released: ApiDescription;
  readonly current: ApiDescription;
  readonly before: Operation;
  readonly now: Operation;
}

/** Generated clients call it by its name. */
function renamed({ before, now }: Pair): string[] {
  return before.operationId === now.operationId
    ? []
    : [`${before.operationId} is called ${now.operationId} now`];
}

function closed({ before, now }: Pair): string[] {
  const scopesOf = ({ security }: Operation) =>
    new Set((security ?? []).flatMap((one) => Object.values(one).flat()));
  const isPublic = ({ security }: Operation) => (security ?? []).length === 0;
  if (isPublic(before) && !isPublic(now)) return ['it is not public any more'];
  const had = scopesOf(before);
  return [...scopesOf(now)]
    .filter((scope) => !had.has(scope))
    .map((scope) => `it demands the scope ${scope} now`);
}

function asked({ released, current, before, now }: Pair): string[] {
  const old = parametersOf(before, released);
  const next = parametersOf(now, current);
  const changed = [...old].flatMap(([key, parameter]) => {
    const found = next.get(key);
    if (!found) return [`${key} is not taken any more`];
    const [from, to] = [placed(parameter.schema, released), placed(found.schema, current)];
    return misfits(from, to, key).map((why) => `${why}, which is refused now`);
  });
  const required = [...next]
    .filter(([key, { required: isRequired }]) => isRequired && !old.get(key)?.required)
    .map(([key]) => `${key} is required now`);
  return [...changed, ...required];
}

function parametersOf(
  { parameters = [] }: Operation,
  { components }: ApiDescription,
): Map<string, Parameter> {
  const all = parameters.map((one) => {
    const found = one.$ref === undefined ? one : components.parameters?.[one.$ref.split('/').at(-1) ?? ''];
    if (!found) throw new Error(`There is no parameter ${one.$ref}`);
    return found;
  });
  return new Map(all.map((one) => [`${one.in} parameter ${one.name}`, one]));
}

function body({ released, current, before, now }: Pair): string[] {
  const [old, next] = [before.requestBody, now.requestBody];
  if (!next) return old ? ['it takes no body any more'] : [];
  const required = next.required === true && old?.required !== true ? ['a body is required now'] : [];
  const [from, to] = [jsonOf(old), jsonOf(next)];
  if (!from || !to) return required;
  const refused = misfits(placed(from, released), placed(to, current), 'body');
  return [...required, ...refused.map((why) => `${why}, which is refused now`)];
}

/** Of successful answers: failures are told apart by codes, which are only added to. */
function answers({ released, current, before, now }: Pair): string[] {
  return Object.entries(before.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, { content = {} }]) => {
      const next = now.responses[status];
      if (!next) return [`it does not answer ${status} any more`];
      return Object.entries(content).flatMap(([type, { schema }]) => {
        const found = next.content?.[type]?.schema;
        if (!found) return [`it does not answer ${type} any more`];
        const [old, fresh] = [placed(schema, released), placed(found, current)];
        const odd = misfits(fresh, old, 'answer').map((why) => `${why} now`);
        return [...goneFields(old, fresh, 'answer'), ...odd];
      });
    });
}

function jsonOf(content: Content | undefined): Schema | undefined {
  return content?.content?.['application/json']?.schema;
}

function placed(schema: Schema, { components }: ApiDescription): Placed {
  return { schema, named: components.schemas };
}
