import { isObject, isUnfilled, type Reading, storableText } from '../read-field.js';

/** Deeper than any form; beyond it a body is no form, and writing it as JSON again could exhaust the stack. */
const deepest = 40;
/** A form with many signed addresses has some tens of kilobytes. */
const mostBytes = 1_000_000;

/**
 * A part of the body as it came, for what we keep without understanding it. Keys are sorted, so that equal content is
 * equal bytes. Undefined when there is nothing in it, or when it is too deep to be written again.
 */
export function verbatim(value: unknown, field: string, reading: Reading): unknown {
  if (isUnfilled(value) || isEmpty(value)) return undefined;
  if (!isDeeper(value, deepest)) return canonical(value);
  reading.warn(field, 'too-deep');
  return undefined;
}

/** Everything of an object that no reader knows. */
export function unknownFields(
  object: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  field: string,
  reading: Reading,
): unknown {
  const kept = Object.entries(object).filter(
    ([key, value]) => !known.has(key) && !isUnfilled(value) && !isEmpty(value),
  );
  return verbatim(Object.fromEntries(kept), field, reading);
}

/** The JSON bytes under which content is kept, or null when there is nothing or too much of it. */
export function storedJson(value: unknown, field: string, reading: Reading): Buffer | null {
  if (value === undefined) return null;
  const bytes = Buffer.from(JSON.stringify(value));
  if (bytes.length <= mostBytes) return bytes;
  reading.warn(field, 'too-large');
  return null;
}

/** Goes no deeper than it may, so that the nesting of a body cannot exhaust the stack. */
export function isDeeper(value: unknown, most = deepest): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return true;
  return Object.values(value).some((item) => isDeeper(item, most - 1));
}

function canonical(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return storableText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return canonicalObject(value);
    default:
      return null;
  }
}

function canonicalObject(value: object | null): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return null;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [storableText(key), canonical(value[key])]));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
