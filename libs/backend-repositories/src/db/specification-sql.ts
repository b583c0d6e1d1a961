import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Condition, Field, Kind, Leaf, Operand, Vocabulary } from './specification.js';
import { fieldOf, foldCase } from './specification-verdict.js';

type Bool = RawBuilder<SqlBool>;

/**
 * Compiles a condition for a `where`. Negation is pushed down to the leaves, so that everything above them only joins:
 * then null and false come to the same, a plain comparison may stay plain, and indexes can serve it.
 */
export function compileCondition(condition: Condition, vocabulary: Vocabulary, negated = false): Bool {
  if ('not' in condition) return compileCondition(condition.not, vocabulary, !negated);
  if ('all' in condition) return joined(condition.all, vocabulary, negated, !negated);
  if ('any' in condition) return joined(condition.any, vocabulary, negated, negated);
  const field = fieldOf(vocabulary, condition.field);
  if (condition.op === 'ne') return compileLeaf({ ...condition, op: 'eq' }, field, !negated);
  return compileLeaf(condition, field, negated);
}

function joined(parts: readonly Condition[], vocabulary: Vocabulary, negated: boolean, all: boolean): Bool {
  if (parts.length === 0) return all ? sql`true` : sql`false`;
  const compiled = parts.map((part) => compileCondition(part, vocabulary, negated));
  return sql`(${sql.join(compiled, all ? sql` and ` : sql` or `)})`;
}

function compileLeaf(leaf: Leaf, field: Field, negated: boolean): Bool {
  // Not yes is no: said so, it has an index.
  if (negated && field.kind === 'flag' && !field.nullable && leaf.op === 'eq' && leaf.value !== null)
    return comparison({ ...leaf, value: leaf.value !== true }, field);
  const positive = comparison(leaf, field);
  if (!negated) return positive;
  return field.nullable ? sql`((${positive}) is not true)` : sql`(not (${positive}))`;
}

function comparison({ op, value }: Leaf, field: Field): Bool {
  const { kind, column } = field;
  const stored = sql.ref(column);
  if (kind === 'labels') return ofLabels(op, value as string | boolean, stored);
  switch (op) {
    case 'isNull':
      return value === true ? sql`(${stored} is null)` : sql`(${stored} is not null)`;
    case 'in':
      return oneOf(field, value as readonly Value[]);
    case 'contains':
      return sql`(strpos(${comparable(kind, stored)}, ${foldedIf(kind, value as string)}) > 0)`;
    case 'eq':
    case 'ne':
      return same(field, value as Value);
    default:
      return kind === 'time'
        ? timeOrder(op, stored, value as Date)
        : sql`(${stored} ${operators[op]} ${value}::numeric)`;
  }
}

type Value = Operand[Kind] | null;

const operators = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

function same({ kind, column, unsetWithin }: Field, value: Value): Bool {
  const stored = sql.ref(column);
  if (value === null) return sql`(${stored} is null)`;
  switch (kind) {
    case 'time':
      return within(stored, value as Date);
    case 'decimal':
      return sql`(${stored} = ${value}::numeric)`;
    case 'flag':
      // No parameters, so that the planner sees that a partial index serves.
      if (value === true) return sql`(${stored} = true)`;
      return unsetWithin === undefined
        ? sql`(${stored} = false)`
        : sql`(${stored} = false and ${sql.ref(unsetWithin)})`;
    default:
      return sql`(${comparable(kind, stored)} = ${foldedIf(kind, value as string)})`;
  }
}

/** Texts and numbers as one array, so that the statement's text does not depend on how many there are. */
function oneOf(field: Field, values: readonly Value[]): Bool {
  const { kind } = field;
  const stored = sql.ref(field.column);
  const known = values.filter((value) => value !== null);
  const parts = values.length > known.length ? [same(field, null)] : [];
  if (kind === 'time' || kind === 'flag') parts.push(...known.map((value) => same(field, value)));
  else if (kind === 'decimal') parts.push(sql`${stored} = any(${known}::numeric[])`);
  else {
    const texts = known.map((value) => foldedIf(kind, value as string));
    parts.push(sql`${comparable(kind, stored)} = any(${texts}::text[])`);
  }
  return parts.length === 0 ? sql`false` : sql`(${sql.join(parts, sql` or `)})`;
}

/** A time of ours is a whole millisecond: it stands for all the microseconds in it. */
function timeOrder(op: 'lt' | 'lte' | 'gt' | 'gte', stored: RawBuilder<unknown>, value: Date): Bool {
  if (op === 'lt') return sql`(${stored} < ${value}::timestamptz)`;
  if (op === 'gte') return sql`(${stored} >= ${value}::timestamptz)`;
  return op === 'lte'
    ? sql`(${stored} < ${next(value)}::timestamptz)`
    : sql`(${stored} >= ${next(value)}::timestamptz)`;
}

function within(stored: RawBuilder<unknown>, value: Date): Bool {
  return sql`(${stored} >= ${value}::timestamptz and ${stored} < ${next(value)}::timestamptz)`;
}

const next = (time: Date): Date => new Date(time.getTime() + 1);

function ofLabels(op: Leaf['op'], value: string | boolean, stored: RawBuilder<unknown>): Bool {
  if (op === 'isNull') return value === true ? sql`(${stored} = '{}')` : sql`(${stored} <> '{}')`;
  // That there is any at all says nothing more, except that the index on them serves.
  if (String(value).includes(':')) return sql`(${stored} @> array[${value}]::text[] and ${stored} <> '{}')`;
  return sql`(exists (select from unnest(${stored}) as label where split_part(label, ':', 1) = ${value}))`;
}

function comparable(kind: Kind, stored: RawBuilder<unknown>): RawBuilder<unknown> {
  return kind === 'folded' ? sql`lower(${stored} collate "C")` : stored;
}

function foldedIf(kind: Kind, text: string): string {
  return kind === 'folded' ? foldCase(text) : text;
}
