/** The parts of JSON Schema that our description uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly [bound: string]: unknown;
}

/** A schema within the document that its references mean. */
export interface Placed {
  readonly schema: Schema;
  readonly named: Readonly<Record<string, Schema>>;
}

/** The bounds that shut more out the larger, and the smaller, they are. */
const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];

/** Why something that fits `sent` may not fit `taken`; empty: whatever fits the one fits the other. */
export function misfits(sent: Placed, taken: Placed, at: string): string[] {
  const [from, to] = [resolve(sent), resolve(taken)];
  const alternatives = from.schema.anyOf ?? from.schema.oneOf;
  if (alternatives)
    return alternatives.flatMap((schema) =>
      misfits({ ...from, schema: besides(from.schema, schema) }, to, at),
    );
  const choices = to.schema.anyOf ?? to.schema.oneOf;
  if (choices) {
    const attempts = choices.map((schema) => misfits(from, { ...to, schema }, at));
    const best = attempts.sort((a, b) => a.length - b.length)[0] ?? [];
    return best.length === 0
      ? []
      : choices.length === 1
        ? best
        : [`${at} fits none of the alternatives any more`];
  }
  return [
    ...wrongType(from.schema, to.schema, at),
    ...wrongValue(from.schema, to.schema, at),
    ...tighter(from.schema, to.schema, at),
    ...wrongParts(from, to, at),
  ];
}

function resolve({ schema, named }: Placed): Placed {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return { schema, named };
  const found = named[name];
  if (!found) throw new Error(`There is no schema ${name}`);
  return resolve({ schema: found, named });
}

/** What stands beside `anyOf` holds for each alternative. */
function besides({ anyOf: _anyOf, oneOf: _oneOf, ...rest }: Schema, alternative: Schema): Schema {
  return alternative.$ref ? alternative : { ...rest, ...alternative };
}

function typesOf({ type, const: only, enum: values }: Schema): readonly string[] | undefined {
  if (type !== undefined) return typeof type === 'string' ? [type] : type;
  if (only === undefined && values === undefined) return undefined;
  return [...new Set((values ?? [only]).map((value) => (value === null ? 'null' : typeof value)))];
}

function wrongType(from: Schema, to: Schema, at: string): string[] {
  const [given, wanted] = [typesOf(from), typesOf(to)];
  if (wanted === undefined) return [];
  if (given === undefined) return [`${at} may be anything, and was or is to be ${wanted.join(' or ')}`];
  const fits = (type: string) => wanted.includes(type) || (type === 'integer' && wanted.includes('number'));
  return given
    .filter((type) => !fits(type))
    .map((type) => `${at} may be ${type}, not only ${wanted.join(' or ')}`);
}

function wrongValue(from: Schema, to: Schema, at: string): string[] {
  const wanted = valuesOf(to);
  if (!wanted) return [];
  const given = valuesOf(from);
  if (!given) return [`${at} may be other than ${JSON.stringify(wanted)}`];
  return given
    .filter((value) => !wanted.includes(value))
    .map((value) => `${at} may be ${JSON.stringify(value)}`);
}

function valuesOf({ enum: values, const: only }: Schema): readonly unknown[] | undefined {
  return values ?? (only === undefined ? undefined : [only]);
}

function tighter(from: Schema, to: Schema, at: string): string[] {
  const beyond = (name: string, isTighter: (a: number, b: number) => boolean) => {
    const [before, after] = [from[name], to[name]];
    if (typeof after !== 'number') return [];
    if (typeof before === 'number' && !isTighter(after, before)) return [];
    // Types other than those of the bound are told of as such.
    return valuesOf(from) ? [] : [`${at} has the bound ${name} ${after}, beyond ${String(before ?? 'none')}`];
  };
  const word = (name: 'pattern' | 'format') =>
    to[name] === undefined || to[name] === from[name] || valuesOf(from)
      ? []
      : [`${at} has the ${name} ${to[name]}, not ${String(from[name] ?? 'any')}`];
  return [
    ...lower.flatMap((name) => beyond(name, (after, before) => after > before)),
    ...upper.flatMap((name) => beyond(name, (after, before) => after < before)),
    ...word('pattern'),
    ...word('format'),
  ];
}

function wrongParts(from: Placed, to: Placed, at: string): string[] {
  const [sent, taken] = [from.schema, to.schema];
  const missing = (taken.required ?? [])
    .filter((name) => !sent.required?.includes(name))
    .map((name) => `${at}.${name} may be missing`);
  const inner = Object.entries(sent.properties ?? {}).flatMap(([name, schema]) => {
    const wanted = taken.properties?.[name] ?? taken.additionalProperties;
    if (wanted === false) return [`${at}.${name} has no place`];
    if (wanted === undefined || wanted === true) return [];
    return misfits({ ...from, schema }, { ...to, schema: wanted }, `${at}.${name}`);
  });
  const items =
    sent.items && taken.items
      ? misfits({ ...from, schema: sent.items }, { ...to, schema: taken.items }, `${at}[]`)
      : [];
  return [...missing, ...inner, ...items, ...wrongRest(from, to, at)];
}

/** Of maps: what their values may be. */
function wrongRest(from: Placed, to: Placed, at: string): string[] {
  const [given, wanted] = [from.schema.additionalProperties, to.schema.additionalProperties];
  if (typeof given !== 'object' || typeof wanted !== 'object') return [];
  return misfits({ ...from, schema: given }, { ...to, schema: wanted }, `${at}.*`);
}

/** Fields of answers that are there no more, those that were not always there included. */
export function goneFields(before: Placed, now: Placed, at: string): string[] {
  const [old, next] = [resolve(before), resolve(now)];
  const inner = Object.entries(old.schema.properties ?? {}).flatMap(([name, schema]) => {
    const found = next.schema.properties?.[name];
    if (found) return goneFields({ ...old, schema }, { ...next, schema: found }, `${at}.${name}`);
    return next.schema.anyOf ? [] : [`${at}.${name} is gone`];
  });
  const items =
    old.schema.items && next.schema.items
      ? goneFields({ ...old, schema: old.schema.items }, { ...next, schema: next.schema.items }, `${at}[]`)
      : [];
  return [...inner, ...items];
}
