import { isIP } from 'node:net';
import { z } from 'zod';
import { weaknessOf } from './weakness.js';

/** One environment variable: its name, how its text is read, and what it means to the person who sets it. */
export interface Variable<T> {
  readonly name: string;
  readonly read: z.ZodType<T, string | undefined>;
  readonly meaning: string;
  /** Shown in the documentation; undefined = no default. */
  readonly shownDefault: string | undefined;
  readonly needed: 'optional' | 'always' | 'production' | 'never-in-production';
  /** What is wrong with a secret that somebody might guess; asked in production. */
  readonly weakness?: (given: string) => string | undefined;
}

export interface Common {
  readonly meaning: string;
  readonly needed?: 'always' | 'production' | 'never-in-production';
}

export function define<T>(
  name: string,
  read: z.ZodType<T, string | undefined>,
  common: Common,
  shown?: unknown,
): Variable<T> {
  return {
    name,
    read,
    meaning: common.meaning,
    shownDefault: shown === undefined ? undefined : String(shown),
    needed: common.needed ?? 'optional',
  };
}

/** A plain integer in the unit that its meaning names. */
export function integer(
  name: string,
  options: Common & { default: number; min: number; max: number },
): Variable<number> {
  const { min, max } = options;
  const wanted = `must be an integer from ${min} to ${max}`;
  const read = z
    .string()
    .default(String(options.default))
    .refine((given) => /^-?\d{1,15}$/.test(given), wanted)
    .transform(Number)
    .refine((value) => Number.isNaN(value) || (value >= min && value <= max), wanted);
  return define(name, read, options, options.default);
}

/** The words `true` and `false`. */
export function flag(name: string, options: Common & { default: boolean }): Variable<boolean> {
  const read = z
    .enum(['true', 'false'], { error: 'must be the word true or false' })
    .default(options.default ? 'true' : 'false')
    .transform((given) => given === 'true');
  return define(name, read, options, options.default);
}

export function oneOf<const T extends string>(
  name: string,
  values: readonly [T, ...T[]],
  options: Common & { default: T },
): Variable<T> {
  const read = z
    .enum(values, { error: `must be one of ${values.join(', ')}` })
    .default(options.default as never);
  return define(name, read as unknown as z.ZodType<T, string | undefined>, options, options.default);
}

export function text(name: string, options: Common & { default: string }): Variable<string>;
export function text(name: string, options: Common & { needed: 'always' }): Variable<string>;
export function text(name: string, options: Common): Variable<string | undefined>;
export function text(name: string, options: Common & { default?: string }): Variable<string | undefined> {
  const read = options.needed === 'always' ? z.string({ error: 'is not set' }) : z.string().optional();
  const withDefault = options.default === undefined ? read : z.string().default(options.default);
  return define(name, withDefault, options, options.default);
}

/**
 * A text that nobody may guess. Production refuses one that is short, of few different characters, or a word for "nothing
 * chosen yet"; no message repeats it.
 */
export function secret(
  name: string,
  options: Common & { default: string; atLeast: number },
): Variable<string>;
export function secret(name: string, options: Common & { atLeast: number }): Variable<string | undefined>;
export function secret(
  name: string,
  options: Common & { default?: string; atLeast: number },
): Variable<string | undefined> {
  return { ...text(name, options), weakness: (given) => weaknessOf(given, options.atLeast) };
}

const protocols = (allowed: readonly string[]) => (given: string) =>
  URL.canParse(given) && allowed.includes(new URL(given).protocol);

export function url(
  name: string,
  allowed: readonly string[],
  options: Common & { default: string },
): Variable<string>;
export function url(
  name: string,
  allowed: readonly string[],
  options: Common & { needed: 'always' },
): Variable<string>;
export function url(name: string, allowed: readonly string[], options: Common): Variable<string | undefined>;
export function url(
  name: string,
  allowed: readonly string[],
  options: Common & { default?: string },
): Variable<string | undefined> {
  const value = z
    .string({ error: 'is not set' })
    .refine(protocols(allowed), `must be a URL that starts with ${allowed.map((p) => `${p}//`).join(' or ')}`)
    .transform((given) => given.replace(/\/+$/, ''));
  if (options.default !== undefined)
    return define(name, value.default(options.default), options, options.default);
  return define(name, options.needed === 'always' ? value : value.optional(), options);
}

/** IP addresses, networks (`10.0.0.0/8`) and the names of reserved ranges, with commas between. */
export function addresses(name: string, options: Common): Variable<string | undefined> {
  const read = z
    .string()
    .transform((given) => given.replaceAll(/\s/g, ''))
    .refine(
      (given) => given.split(',').every(isAddress),
      'must be addresses or networks such as 10.0.0.0/8,::1',
    )
    .optional();
  return define(name, read, options);
}

function isAddress(given: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(given)) return true;
  const [address = '', size, ...more] = given.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 && bits > 0 && (size === undefined || (/^\d{1,3}$/.test(size) && Number(size) <= bits))
  );
}

/** Origins of web pages, exactly as browsers name them, with commas between. */
export function origins(name: string, options: Common): Variable<readonly string[] | undefined> {
  const read = z
    .string()
    .transform((given) => given.replaceAll(/\s/g, '').split(','))
    .refine(
      (given) => given.every(isOrigin),
      'must be exact origins such as https://app.example,http://localhost:5173, without a path and without *',
    )
    .optional();
  return define(name, read, options);
}

function isOrigin(given: string): boolean {
  return /^https?:\/\/[^*]+$/.test(given) && URL.canParse(given) && new URL(given).origin === given;
}

/** Words with commas between, without blanks around them; an empty text is an empty list. */
export function list(
  name: string,
  options: Common & { default: string; isItem: (given: string) => boolean; wanted: string },
): Variable<readonly string[]> {
  const read = z
    .string()
    .default(options.default)
    .transform((given) =>
      given
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .refine((items) => items.every(options.isItem), options.wanted);
  return define(name, read, options, options.default === '' ? undefined : options.default);
}

/** JSON text that must fit the schema. */
export function json<T>(name: string, schema: z.ZodType<T>, options: Common & { default: T }): Variable<T> {
  const read = z
    .string()
    .default(JSON.stringify(options.default))
    .transform((given, context) => {
      try {
        const parsed = schema.safeParse(JSON.parse(given));
        if (parsed.success) return parsed.data;
        context.addIssue(`must be JSON of the documented shape (${z.prettifyError(parsed.error)})`);
      } catch (error) {
        context.addIssue(`must be JSON (${error instanceof Error ? error.message : 'unreadable'})`);
      }
      return z.NEVER;
    });
  return define(name, read, options, 'see domain documentation');
}
