import { v7 } from 'uuid';

const allowed = /[^A-Za-z0-9._:-]/g;
const longest = 128;

export function newCorrelationId(): string {
  return v7();
}

/**
 * A correlation id given from outside, made safe for headers, logs and rows: letters, digits and `. _ : -` are kept,
 * at most 128 characters. Undefined when nothing usable is left.
 */
export function cleanCorrelationId(given: unknown): string | undefined {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof first !== 'string') return undefined;
  const clean = first.replace(allowed, '').slice(0, longest);
  return clean === '' ? undefined : clean;
}
