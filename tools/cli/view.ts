import { columnsOf, fieldsOf } from './columns.ts';

/** The names of a row's fields, and of those one level below. */
export type FieldOf<Row> = {
  [Key in keyof Row & string]:
    Key | (Row[Key] extends Readonly<Record<string, unknown>> ? `${Key}.${keyof Row[Key] & string}` : never);
}[keyof Row & string];

/** Which columns a list shows. @returns their names, checked against the type that the client has for a row */
export function shows<Row>(...columns: FieldOf<Row>[]): readonly string[] {
  return columns;
}

type Fields = Readonly<Record<string, unknown>>;

/** Rows below each other; without `columns` all that they have. */
export function linesOfRows(rows: readonly unknown[], columns?: readonly string[]): string[] {
  const flat = rows.map((row) => flatten(row));
  const names = columns ?? [...new Set(flat.flatMap((row) => Object.keys(row)))];
  if (rows.length === 0) return ['none'];
  return columnsOf(
    names.map(titleOf),
    flat.map((row) => names.map((name) => cellOf(row[name]))),
  );
}

/** One thing: its fields, then each list of things that it holds. */
export function linesOfOne(one: unknown): string[] {
  const flat = Object.entries(flatten(one));
  const lists = flat.filter(([, value]) => isListOfThings(value));
  const plain = flat.filter(([, value]) => !isListOfThings(value));
  const lines = [
    ...(plain.length === 0
      ? []
      : fieldsOf(Object.fromEntries(plain.map(([name, value]) => [titleOf(name), textOf(value)])))),
    ...lists.flatMap(([name, rows]) => ['', `${titleOf(name)}:`, ...linesOfRows(rows as unknown[])]),
  ];
  return lines[0] === '' ? lines.slice(1) : lines;
}

/** Wider than this, things in a cell are counted: they are shown where one row is shown by itself. */
const widestThings = 80;

function cellOf(value: unknown): string {
  if (!isListOfThings(value)) return textOf(value);
  const texts = value.map((thing) =>
    Object.values(flatten(thing))
      .filter((inner) => inner !== null)
      .map(textOf)
      .join(' '),
  );
  const text = texts.join('; ');
  return text.length <= widestThings ? text : `${value.length} entries`;
}

function isListOfThings(value: unknown): value is Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => isThing(each));
}

function isThing(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{ sync: { state } }` has the field `sync.state`. */
function flatten(value: unknown, above = ''): Fields {
  if (!isThing(value)) return { value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) =>
      isThing(inner) ? flatten(inner, `${above}${name}.`) : { [`${above}${name}`]: inner },
    ),
  ) as Fields;
}

/** `cbbSynced` is read as `cbb synced`. */
function titleOf(name: string): string {
  return name
    .replaceAll('.', ' ')
    .replaceAll(/(?<=[a-z\d])[A-Z](?![A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z$/;

/** On one line: what customers and vendors wrote must neither break the table nor steer the terminal. */
function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join(' ');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(time, '$1Z').replaceAll(/\p{C}+/gu, ' ');
}
