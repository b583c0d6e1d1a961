import type { AnyValue, Condition, Leaf } from './specification.js';

/** A condition as an operator would say it. */
export function describeCondition(condition: Condition): string {
  if ('all' in condition) return joined(condition.all, ' and ', 'everything');
  if ('any' in condition) return joined(condition.any, ' or ', 'nothing');
  if ('not' in condition) return `not (${describeCondition(condition.not)})`;
  return leafInWords(condition);
}

function joined(parts: readonly Condition[], word: string, none: string): string {
  const [only] = parts;
  if (only === undefined) return none;
  return parts.length === 1 ? describeCondition(only) : parts.map(grouped).join(word);
}

function grouped(condition: Condition): string {
  const words = describeCondition(condition);
  return 'field' in condition || 'not' in condition ? words : `(${words})`;
}

const verbs = {
  eq: 'is',
  ne: 'is not',
  in: 'is one of',
  lt: 'is below',
  lte: 'is at most',
  gt: 'is above',
  gte: 'is at least',
  contains: 'contains',
} as const;

function leafInWords({ field, op, value }: Leaf): string {
  if (op === 'isNull') return value === true ? `${field} is empty` : `${field} is not empty`;
  return `${field} ${verbs[op]} ${valueInWords(value)}`;
}

function valueInWords(value: AnyValue | null): string {
  if (value === null) return 'empty';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value.map(valueInWords).join(', ');
}
