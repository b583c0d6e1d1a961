import { type ErrorDetail, parsePhone } from '@visapi/backend-kernel';
import type { AnyValue, Condition, Kind, Op } from '@visapi/backend-repositories';
import { z } from 'zod';
import { destinationKey } from '../catalogue/destinations.js';
import { searchTooLarge, searchUnreadable } from '../order-search.errors.js';
import { isSearchField, opsKnownTo, searchFields } from '../specifications/order.specification.js';

const mostLevels = 5;
const mostLeaves = 50;
const mostValues = 200;
const mostFaults = 10;

/**
 * Reads the JSON form of a rule: `all`, `any` and `not` of leaves `{ field, op, value }`.
 * @throws AppError `unprocessable` for more than 5 levels or 50 leaves, `invalid` for everything else that is wrong with
 *   it; each fault with its path
 */
export function readWhere(json: unknown): Condition {
  refuseTooLarge(json, 'where', 1, { leaves: 0 });
  const faults: ErrorDetail[] = [];
  const condition = readCondition(json, 'where', faults);
  if (condition === undefined) throw searchUnreadable(faults.slice(0, mostFaults));
  return condition;
}

/** What is no `all`, `any` or `not` of something counts as a leaf: looked at once, and no more of them than leaves. */
function refuseTooLarge(json: unknown, path: string, level: number, seen: { leaves: number }): void {
  if (level > mostLevels)
    throw searchTooLarge(path, `is level ${level}; a search has at most ${mostLevels} levels`);
  const parts = partsOf(json, path);
  if (parts.length === 0 && (seen.leaves += 1) > mostLeaves)
    throw searchTooLarge(path, `is leaf ${seen.leaves}; a search has at most ${mostLeaves} leaves`);
  for (const part of parts) refuseTooLarge(part.json, part.path, level + 1, seen);
}

interface Part {
  readonly json: unknown;
  readonly path: string;
}

function partsOf(json: unknown, path: string): Part[] {
  if (!isObject(json)) return [];
  return Object.entries(json).flatMap(([key, value]) => {
    if (key === 'not') return [{ json: value, path: `${path}.not` }];
    if ((key !== 'all' && key !== 'any') || !Array.isArray(value)) return [];
    return value.map((part: unknown, index) => ({ json: part, path: `${path}.${key}[${index}]` }));
  });
}

/** Undefined when there is a fault in it, which is then among the faults. */
function readCondition(json: unknown, path: string, faults: ErrorDetail[]): Condition | undefined {
  const refuse = (message: string, at = path) => void faults.push({ path: at, message });
  if (!isObject(json)) return refuse('must be { "all": [...] }, { "any": [...] }, { "not": ... } or a leaf');
  const keys = Object.keys(json);
  if (keys.some((key) => ['field', 'op', 'value'].includes(key))) return readLeaf(json, path, faults);
  const [key, second] = keys;
  if (second !== undefined || (key !== 'all' && key !== 'any' && key !== 'not'))
    return refuse('must hold exactly one of all, any and not, or be a leaf of field, op and value');
  if (key !== 'not') return readParts(json, key, path, faults);
  const negated = readCondition(json['not'], `${path}.not`, faults);
  return negated && { not: negated };
}

function readParts(
  json: Json,
  key: 'all' | 'any',
  path: string,
  faults: ErrorDetail[],
): Condition | undefined {
  const parts = partsOf(json, path);
  if (parts.length === 0)
    faults.push({ path: `${path}.${key}`, message: 'must be a list of at least one condition' });
  const read = parts.map((part) => readCondition(part.json, part.path, faults));
  const conditions = read.filter((condition) => condition !== undefined);
  if (parts.length === 0 || conditions.length < read.length) return undefined;
  return key === 'all' ? { all: conditions } : { any: conditions };
}

type Json = Readonly<Record<string, unknown>>;

function readLeaf(json: Json, path: string, faults: ErrorDetail[]): Condition | undefined {
  const refuse = (key: string, message: string) => void faults.push({ path: `${path}.${key}`, message });
  const stranger = Object.keys(json).find((key) => !['field', 'op', 'value'].includes(key));
  if (stranger !== undefined) return refuse(stranger, 'is not part of a leaf, which has field, op and value');
  const { field, op, value } = json;
  if (!isSearchField(field)) return refuse('field', `must be one of ${Object.keys(searchFields).join(', ')}`);
  const { kind, nullable } = searchFields[field];
  const ops = opsKnownTo(field);
  if (typeof op !== 'string' || !ops.includes(op))
    return refuse('op', `must be one of ${ops.join(', ')}, which ${field} knows`);
  const result = valueSchema(field, kind, op as Op, nullable).safeParse(value);
  if (result.success) return { field, op: op as Op, value: result.data };
  const [issue] = result.error.issues;
  const index = issue?.path.map((step) => `[${String(step)}]`).join('') ?? '';
  return refuse(`value${index}`, issue?.message ?? 'is not usable');
}

const text = z
  .string('must be text')
  .min(1, 'must not be empty; what is missing is found by isNull')
  .max(300, 'must have at most 300 characters')
  .refine((given) => given.isWellFormed() && !given.includes('\0'), 'must be text that can be stored');

const decimal = z
  .union([z.string(), z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).transform(String)])
  .pipe(z.string().regex(/^-?\d{1,16}(\.\d{1,16})?$/));
const wrongDecimal = 'must be a decimal such as "498.00"';

/** Finer times than answers show would find nothing, or too much. */
const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z' })
  .refine((given) => !/\.\d{4}/.test(given), 'must be a time in milliseconds at the finest')
  .transform((given) => new Date(given));

const operands = {
  text,
  folded: text,
  decimal: z.unknown().transform((given, context) => {
    const result = decimal.safeParse(given);
    if (result.success) return result.data;
    context.addIssue(wrongDecimal);
    return z.NEVER;
  }),
  time,
  flag: z.boolean('must be true or false'),
  labels: text,
} as const satisfies Record<Kind, z.ZodType>;

/** Spellings under which the same is meant where all of it is named; a part of a text is taken as it is. */
const spelled: Readonly<Record<string, (given: string) => string>> = {
  country: (given) => destinationKey(given) || given,
  phone: (given) => parsePhone(given.startsWith('+') ? given : `+${given.trim()}`).e164 ?? given,
};

function valueSchema(field: string, kind: Kind, op: Op, nullable: boolean): z.ZodType<AnyValue> {
  if (op === 'isNull') return z.boolean('must be true or false');
  if (op !== 'eq' && op !== 'ne' && op !== 'in') return operands[kind];
  const normal = spelled[field];
  const whole = normal ? text.transform(normal) : operands[kind];
  const one = nullable ? whole.nullable() : whole;
  if (op !== 'in') return one;
  const wrongList = `must be a list of 1 to ${mostValues} values`;
  return z.array(one, wrongList).min(1, wrongList).max(mostValues, wrongList);
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
