import type { Expression, SqlBool } from 'kysely';
import { describeCondition } from './specification-words.js';
import { compileCondition } from './specification-sql.js';
import { judge } from './specification-verdict.js';

/**
 * What a field holds, which decides what it can be compared with, and how:
 * - `text`: exactly, letter by letter;
 * - `folded`: text without regard to the case of the letters A to Z, everything else exactly;
 * - `decimal`: as numbers of any length, never as floats;
 * - `time`: by the millisecond it falls in. Postgres keeps microseconds and JavaScript does not, so a row's time is cut
 *   to the millisecond that answers show, and whoever asks with what an answer showed finds that row;
 * - `flag`: yes or no;
 * - `labels`: a list of `subject:problem`. An empty list counts as null; it contains a label, or a subject of one.
 */
export type Kind = 'text' | 'folded' | 'decimal' | 'time' | 'flag' | 'labels';

/** What one value of a kind is written as. Decimals are text such as `-498.05`. */
export interface Operand {
  readonly text: string;
  readonly folded: string;
  readonly decimal: string;
  readonly time: Date;
  readonly flag: boolean;
  readonly labels: string;
}

interface Stored extends Omit<Operand, 'labels'> {
  readonly labels: readonly string[];
}

const equal = ['eq', 'ne', 'in', 'isNull'] as const;
const ordered = [...equal, 'lt', 'lte', 'gt', 'gte'] as const;
const textual = [...equal, 'contains'] as const;

/** The comparisons that each kind knows. */
export const opsOf = {
  text: textual,
  folded: textual,
  decimal: ordered,
  time: ordered,
  flag: equal,
  labels: ['contains', 'isNull'],
} as const satisfies Record<Kind, readonly string[]>;

export type Op<K extends Kind = Kind> = (typeof opsOf)[K][number];

/** `eq`, `ne` and `in` take null as a value; an order without a phone is "not equal" to every phone. */
export type ValueOf<K extends Kind, O extends Op> = O extends 'isNull'
  ? boolean
  : O extends 'in'
    ? readonly (Operand[K] | null)[]
    : O extends 'eq' | 'ne'
      ? Operand[K] | null
      : Operand[K];

export type AnyValue = ValueOf<Kind, Op>;

/** A field that rows are judged by. */
export interface Field {
  readonly kind: Kind;
  /** Property of a row, and column of the table. */
  readonly column: string;
  /** Whether rows may hold null there. */
  readonly nullable: boolean;
  /** Column that is true of every row of which this flag is not: it has an index, and the flag has none. */
  readonly unsetWithin?: string;
}

export interface Leaf {
  readonly field: string;
  readonly op: Op;
  readonly value: AnyValue;
}

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Leaf;

export type Vocabulary = Readonly<Record<string, Field>>;

/** The vocabulary of a row type: each column must hold what its kind says, and say so if it can be null. */
export type VocabularyOf<Row> = Readonly<
  Record<string, { [C in keyof Row & string]: FieldOf<Row[C], C> }[keyof Row & string]>
>;

type FieldOf<Value, C extends string> = {
  [K in Kind]: Exclude<Value, null> extends Stored[K]
    ? Field & { readonly kind: K; readonly column: C; readonly nullable: null extends Value ? true : false }
    : never;
}[Kind];

/**
 * A rule about rows, as data: it judges a row in memory and compiles to the SQL condition that gives the same verdict.
 * Two-valued: what is not known to hold does not hold, and its negation does. Immutable.
 */
export class Specification<Row, V extends Vocabulary = Vocabulary> {
  private constructor(
    private readonly vocabulary: V,
    readonly condition: Condition,
  ) {}

  /** A rule about one field. */
  static of<Row, V extends Vocabulary, F extends keyof V & string, O extends Op<V[F]['kind']>>(
    vocabulary: V & VocabularyOf<Row>,
    field: F,
    op: O,
    value: ValueOf<V[F]['kind'], O>,
  ): Specification<Row, V> {
    return new Specification<Row, V>(vocabulary, { field, op, value });
  }

  /** A rule that is data already; its leaves must be such as `of` takes. */
  static read<Row, V extends Vocabulary>(
    vocabulary: V & VocabularyOf<Row>,
    condition: Condition,
  ): Specification<Row, V> {
    return new Specification<Row, V>(vocabulary, condition);
  }

  /** What every row satisfies. */
  static everything<Row, V extends Vocabulary>(vocabulary: V & VocabularyOf<Row>): Specification<Row, V> {
    return new Specification<Row, V>(vocabulary, { all: [] });
  }

  /** Rows that satisfy all of these; every row if there are none. */
  and(...others: readonly Specification<Row, V>[]): Specification<Row, V> {
    return this.combined({ all: [this, ...others].map(({ condition }) => condition) });
  }

  /** Rows that satisfy at least one of these. */
  or(...others: readonly Specification<Row, V>[]): Specification<Row, V> {
    return this.combined({ any: [this, ...others].map(({ condition }) => condition) });
  }

  /** Exactly the rows that do not satisfy this. */
  not(): Specification<Row, V> {
    return this.combined({ not: this.condition });
  }

  isSatisfiedBy(row: Row): boolean {
    return judge(this.condition, this.vocabulary, row as Readonly<Record<string, unknown>>);
  }

  /** For a `where`: null, which only parts of it can be, counts as false there. */
  toCondition(): Expression<SqlBool> {
    return compileCondition(this.condition, this.vocabulary);
  }

  /** In words, values included: not for logs, since people are named in them. */
  describe(): string {
    return describeCondition(this.condition);
  }

  private combined(condition: Condition): Specification<Row, V> {
    return new Specification<Row, V>(this.vocabulary, condition);
  }
}
