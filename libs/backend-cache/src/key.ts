import { createHash } from 'node:crypto';
import { isDate } from 'node:util/types';
import { AppError } from '@visapi/backend-kernel';
import type { Family } from './family.js';

/** What a key may be made of. Objects count by their content, whatever the order of their fields. */
export type KeyPart = string | number | boolean | null | undefined | Date | object;

/** One cached value: its family, the first part (what is forgotten together), and the whole key. */
export interface CacheKey {
  readonly family: Family;
  readonly part: string;
  readonly key: string;
}

/** What an eviction forgets: a whole family, or everything under one first part. */
export interface Target {
  readonly family: string;
  readonly part?: string;
}

/** Longer keys are stored under their hash. */
const longestPart = 200;

/** The key of one call. Parts are escaped one by one, so no two lists of parts make the same key. */
export function keyOf(family: Family, args: readonly unknown[]): CacheKey {
  const [first, ...rest] = family.parts(...(args as never[])).map(encodePart);
  if (first === undefined) throw new Error(`The key family ${family.name} made a key of no parts`);
  return { family, part: first, key: [first, ...rest].join(':') };
}

/** Text without `:`, `*` or anything else that means something in a key; different parts give different texts. */
export function encodePart(part: KeyPart): string {
  if (part === '') return '~e';
  const text = typeof part === 'string' ? escape(part) : `~${escape(canonical(part))}`;
  return text.length <= longestPart ? text : `~h${createHash('sha256').update(text).digest('base64url')}`;
}

/** The pattern that forgets everything under this first part. */
export function under(family: Family, part: KeyPart): string {
  return `${family.name}:${encodePart(part)}:*`;
}

/**
 * Reads `family:*` or `family:<part>:*`.
 * @throws AppError when it has not this form or names no known family
 */
export function parsePattern(pattern: string, families: readonly Family[]): Target {
  const [, name, part] = /^([^:*]+):(?:([^:*]+):)?\*$/.exec(pattern) ?? [];
  const names = families.map((family) => family.name).join(', ');
  if (name === undefined)
    throw new AppError('invalid', `A pattern is family:* or family:<first part>:*; families are ${names}.`, {
      details: [{ path: 'pattern', message: 'has not the form family:* or family:<first part>:*' }],
    });
  if (!families.some((family) => family.name === name))
    throw new AppError('invalid', `There is no family ${name}; families are ${names}.`, {
      details: [{ path: 'pattern', message: `must begin with one of ${names}` }],
    });
  return part === undefined ? { family: name } : { family: name, part };
}

/** By UTF-16 units, so that lone surrogates stay distinct as well. `~` marks what was not text. */
function escape(text: string): string {
  if (/^[A-Za-z0-9_.-]*$/.test(text)) return text;
  return text.replaceAll(
    /[^A-Za-z0-9_.-]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** JSON with sorted fields and without undefined ones. Times keep their kind, so that none equals its text. */
function canonical(value: unknown): string {
  if (isDate(value)) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const fields = Object.entries(value).filter(([, held]) => held !== undefined);
  const sorted = fields.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([name, held]) => `${JSON.stringify(name)}:${canonical(held)}`).join(',')}}`;
}
