import type { AnyValue, Condition, Field, Kind, Leaf, Operand, Vocabulary } from './specification.js';

type Row = Readonly<Record<string, unknown>>;

/** Whether a row in memory satisfies a condition. */
export function judge(condition: Condition, vocabulary: Vocabulary, row: Row): boolean {
  if ('all' in condition) return condition.all.every((part) => judge(part, vocabulary, row));
  if ('any' in condition) return condition.any.some((part) => judge(part, vocabulary, row));
  if ('not' in condition) return !judge(condition.not, vocabulary, row);
  const field = fieldOf(vocabulary, condition.field);
  return holds(condition, field, row[field.column]);
}

/** @throws Error when there is no such field: a condition is checked against its vocabulary where it is made */
export function fieldOf(vocabulary: Vocabulary, name: string): Field {
  const field = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  if (field === undefined) throw new Error('A condition names a field that its vocabulary does not know');
  return field;
}

function holds({ op, value }: Leaf, { kind }: Field, stored: unknown): boolean {
  if (kind === 'labels') return holdsOfLabels(op, value, stored as readonly string[]);
  switch (op) {
    case 'isNull':
      return (stored === null) === value;
    case 'eq':
      return isSame(kind, stored, value);
    case 'ne':
      return !isSame(kind, stored, value);
    case 'in':
      return (value as readonly unknown[]).some((one) => isSame(kind, stored, one));
    case 'contains':
      return stored !== null && foldedIf(kind, stored as string).includes(foldedIf(kind, value as string));
    default:
      return stored !== null && isOrdered(op, compare(kind, stored, value));
  }
}

function holdsOfLabels(op: Leaf['op'], value: AnyValue, labels: readonly string[]): boolean {
  if (op === 'isNull') return (labels.length === 0) === value;
  const wanted = value as string;
  return labels.some((label) => label === wanted || (!wanted.includes(':') && subjectOf(label) === wanted));
}

const subjectOf = (label: string): string | undefined => label.split(':')[0];

function isSame(kind: Kind, stored: unknown, value: unknown): boolean {
  if (stored === null || value === null) return stored === value;
  return compare(kind, stored, value) === 0;
}

function isOrdered(op: 'lt' | 'lte' | 'gt' | 'gte', order: number): boolean {
  if (op === 'lt') return order < 0;
  if (op === 'lte') return order <= 0;
  return op === 'gt' ? order > 0 : order >= 0;
}

/** Negative, 0 or positive, as in sorting; for kinds without an order only 0 says anything. */
function compare(kind: Kind, left: unknown, right: unknown): number {
  switch (kind) {
    case 'decimal':
      return compareDecimals(left as Operand['decimal'], right as Operand['decimal']);
    case 'time':
      return (left as Operand['time']).getTime() - (right as Operand['time']).getTime();
    case 'folded':
      return foldCase(left as string) === foldCase(right as string) ? 0 : 1;
    default:
      return left === right ? 0 : 1;
  }
}

function compareDecimals(left: string, right: string): number {
  const places = Math.max(placesOf(left), placesOf(right));
  const [a, b] = [scaled(left, places), scaled(right, places)];
  return a < b ? -1 : a > b ? 1 : 0;
}

const placesOf = (decimal: string): number => decimal.split('.')[1]?.length ?? 0;

/** The decimal times ten to the power of `places`, exactly. */
function scaled(decimal: string, places: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}

function foldedIf(kind: Kind, text: string): string {
  return kind === 'folded' ? foldCase(text) : text;
}

/**
 * Lower-cases A to Z alone, as `lower(... collate "C")` does: what other letters become depends on the language, and
 * Postgres and JavaScript do not agree on it.
 */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
