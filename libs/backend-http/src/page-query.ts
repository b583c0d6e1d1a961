import type { Page } from '@visapi/backend-repositories';
import { z } from 'zod';

const asText = z.coerce.number;
/** JSON has numbers of its own: true and "5" are none. */
const asNumber = z.number;

const count = (read: typeof asText | typeof asNumber, min: number, max: number) =>
  read({ error: 'must be a number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

const cursors = {
  position: /^\d{0,15}$/,
  id: /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/,
  record: /^(rec\w{1,40})?$/,
} as const;

/**
 * `?page=&perPage=` or `?cursor=&perPage=`; an empty cursor starts from the newest.
 * @param key what the list is ordered by, which is what its cursors hold
 */
export function pageQuery(key: keyof typeof cursors) {
  const cursor = z
    .string()
    .regex(cursors[key], 'must be one that an earlier answer gave as nextCursor')
    .describe('Where to go on: `nextCursor` of the page before; empty for the first page.');
  return {
    page: count(asText, 1, 100_000).optional(),
    perPage: count(asText, 1, 200).default(20),
    cursor: cursor.optional(),
  };
}

/** The page of a question that comes as a body. */
export const pageInBody = {
  page: count(asNumber, 1, 100_000).default(1),
  perPage: count(asNumber, 1, 200).default(20),
};

/** An object that takes these fields alone: a misspelt filter would otherwise be taken for none. */
export function onlyKnown<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  const known = names === '' ? 'nothing is taken' : `known are ${names}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `there is no ${shortly(issue.keys)} here; ${known}`
        : `must be an object; ${known}`,
  });
}

/**
 * The same where one of these fields at least is needed: nobody means everything by saying nothing. The description of the
 * API shows it as one object for each of them.
 */
export function needsOneOf<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  names: readonly [keyof Shape & string, ...(keyof Shape & string)[]],
  message: string,
) {
  const [path] = names;
  return schema
    .refine((given: Readonly<Record<string, unknown>>) => names.some((name) => given[name] !== undefined), {
      path: [path],
      message,
    })
    .meta({ needsOneOf: names });
}

function shortly(names: readonly string[]): string {
  const some = shortNames(names);
  return [...some, ...(names.length > some.length ? ['…'] : [])].join(', ');
}

/** Whoever sends megabytes of names is not sent them back. */
export function shortNames(names: readonly string[]): string[] {
  return names.slice(0, 5).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
}

export function toPage(query: { page?: number; perPage: number; cursor?: string }): Page {
  if (query.cursor === undefined) return { kind: 'page', page: query.page ?? 1, perPage: query.perPage };
  return { kind: 'cursor', after: query.cursor === '' ? null : query.cursor, perPage: query.perPage };
}
