import { describe, expect, it } from '@jest/globals';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import { Specification } from './specification.js';
import { compileCondition } from './specification-sql.js';
import type { Condition, Leaf, Vocabulary } from './specification.js';

const db = new Kysely<object>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (of) => new PostgresIntrospector(of),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const vocabulary = {
  name: { kind: 'text', column: 'name', nullable: true },
  branch: { kind: 'folded', column: 'branch', nullable: false },
  amount: { kind: 'decimal', column: 'amount', nullable: true },
  at: { kind: 'time', column: 'at', nullable: true },
  done: { kind: 'flag', column: 'done', nullable: false },
  sent: { kind: 'flag', column: 'sent', nullable: false, unsetWithin: 'waiting' },
  warnings: { kind: 'labels', column: 'warnings', nullable: false },
} as const satisfies Vocabulary;

function compiled(condition: Condition): readonly [string, readonly unknown[]] {
  const { sql, parameters } = (compileCondition(condition, vocabulary) as RawBuilder<unknown>).compile(db);
  return [sql.replaceAll('"', ''), parameters];
}
const leaf = (field: string, op: Leaf['op'], value: Leaf['value']): Condition => ({ field, op, value });
const at = new Date('2026-01-05T10:00:00.123Z');
const after = new Date('2026-01-05T10:00:00.124Z');

describe('a leaf in SQL', () => {
  it.each<[string, Leaf['op'], Leaf['value'], string, unknown[]]>([
    ['name', 'eq', 'Il', '(name = $1)', ['Il']],
    ['name', 'eq', null, '(name is null)', []],
    ['name', 'ne', 'Il', '(((name = $1)) is not true)', ['Il']],
    ['branch', 'ne', 'Il', '(not ((lower(branch collate C) = $1)))', ['il']],
    ['branch', 'eq', 'IL', '(lower(branch collate C) = $1)', ['il']],
    ['name', 'contains', 'Ab', '(strpos(name, $1) > 0)', ['Ab']],
    ['branch', 'contains', 'Ab', '(strpos(lower(branch collate C), $1) > 0)', ['ab']],
    ['name', 'in', ['a', 'B'], '(name = any($1::text[]))', [['a', 'B']]],
    ['branch', 'in', ['a', 'B'], '(lower(branch collate C) = any($1::text[]))', [['a', 'b']]],
    ['name', 'in', [], '(name = any($1::text[]))', [[]]],
    ['name', 'in', ['a', null], '((name is null) or name = any($1::text[]))', [['a']]],
    ['amount', 'in', ['1', null], '((amount is null) or amount = any($1::numeric[]))', [['1']]],
    ['amount', 'eq', '498.05', '(amount = $1::numeric)', ['498.05']],
    ['amount', 'lt', '5', '(amount < $1::numeric)', ['5']],
    ['amount', 'lte', '5', '(amount <= $1::numeric)', ['5']],
    ['amount', 'gt', '5', '(amount > $1::numeric)', ['5']],
    ['amount', 'gte', '5', '(amount >= $1::numeric)', ['5']],
    ['at', 'eq', at, '(at >= $1::timestamptz and at < $2::timestamptz)', [at, after]],
    ['at', 'lt', at, '(at < $1::timestamptz)', [at]],
    ['at', 'lte', at, '(at < $1::timestamptz)', [after]],
    ['at', 'gt', at, '(at >= $1::timestamptz)', [after]],
    ['at', 'gte', at, '(at >= $1::timestamptz)', [at]],
    ['at', 'in', [at], '((at >= $1::timestamptz and at < $2::timestamptz))', [at, after]],
    ['at', 'in', [], 'false', []],
    ['done', 'eq', true, '(done = true)', []],
    ['done', 'eq', false, '(done = false)', []],
    ['sent', 'eq', false, '(sent = false and waiting)', []],
    ['sent', 'in', [true, false], '((sent = true) or (sent = false and waiting))', []],
    ['done', 'in', [true, false], '((done = true) or (done = false))', []],
    ['name', 'isNull', true, '(name is null)', []],
    ['name', 'isNull', false, '(name is not null)', []],
    ['warnings', 'isNull', true, "(warnings = '{}')", []],
    ['warnings', 'isNull', false, "(warnings <> '{}')", []],
    [
      'warnings',
      'contains',
      'phone:invalid',
      "(warnings @> array[$1]::text[] and warnings <> '{}')",
      ['phone:invalid'],
    ],
    [
      'warnings',
      'contains',
      'phone',
      "(exists (select from unnest(warnings) as label where split_part(label, ':', 1) = $1))",
      ['phone'],
    ],
  ])('%s %s %j', (field, op, value, sql, parameters) => {
    expect(compiled(leaf(field, op, value))).toEqual([sql, parameters]);
  });
});

describe('a combination in SQL', () => {
  const a = leaf('name', 'eq', 'a');
  const b = leaf('done', 'eq', true);
  const one = '(name = $1)';
  const two = '(done = true)';
  it.each<[string, Condition, string]>([
    ['all of them', { all: [a, b] }, `(${one} and ${two})`],
    ['any of them', { any: [a, b] }, `(${one} or ${two})`],
    ['not all of them', { not: { all: [a, b] } }, `(((${one}) is not true) or (done = false))`],
    ['none of them', { not: { any: [a, b] } }, `(((${one}) is not true) and (done = false))`],
    [
      'not set, where another column leads to it',
      { not: leaf('sent', 'eq', true) },
      '(sent = false and waiting)',
    ],
    ['not the opposite', { not: { not: a } }, one],
    ['the opposite of different', { not: leaf('name', 'ne', 'a') }, one],
    ['all of nothing', { all: [] }, 'true'],
    ['any of nothing', { any: [] }, 'false'],
    ['not all of nothing', { not: { all: [] } }, 'false'],
    ['not any of nothing', { not: { any: [] } }, 'true'],
  ])('%s', (_what, condition, sql) => {
    expect(compiled(condition)[0]).toBe(sql);
  });

  it('refuses a field that its vocabulary does not know, inherited names included', () => {
    for (const field of ['phone', 'toString', '__proto__'])
      expect(() => compiled(leaf(field, 'eq', 'x'))).toThrow('does not know');
  });
});

describe('a specification', () => {
  interface Row {
    readonly name: string | null;
    readonly done: boolean;
  }
  const words = {
    name: { kind: 'text', column: 'name', nullable: true },
    done: { kind: 'flag', column: 'done', nullable: false },
  } as const;
  const named = Specification.of<Row, typeof words, 'name', 'eq'>(words, 'name', 'eq', 'a');
  const done = Specification.of<Row, typeof words, 'done', 'eq'>(words, 'done', 'eq', true);
  const everything = Specification.everything<Row, typeof words>(words);
  const verdicts = (rule: typeof named) =>
    [
      { name: 'a', done: true },
      { name: 'a', done: false },
      { name: null, done: true },
      { name: null, done: false },
    ].map((row) => rule.isSatisfiedBy(row));

  it('combines without changing what it was made of', () => {
    expect(verdicts(named.and(done))).toEqual([true, false, false, false]);
    expect(verdicts(named.or(done))).toEqual([true, true, true, false]);
    expect(verdicts(named.not())).toEqual([false, false, true, true]);
    expect(verdicts(named)).toEqual([true, true, false, false]);
    expect(verdicts(everything)).toEqual([true, true, true, true]);
    expect(verdicts(everything.not())).toEqual([false, false, false, false]);
  });

  it('gives the database the condition that it judges by', () => {
    const { sql } = (named.not().toCondition() as RawBuilder<unknown>).compile(db);
    expect(sql).toBe('((("name" = $1)) is not true)');
  });

  it('says in words what it chooses', () => {
    expect(named.and(done.not()).describe()).toBe('name is "a" and not (done is yes)');
    expect(everything.describe()).toBe('everything');
    expect(everything.not().describe()).toBe('not (everything)');
  });
});
