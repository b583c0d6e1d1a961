/** A value that a column takes from JSON. */
type Value = string | number | boolean | null | undefined | Date | Buffer | readonly string[] | object;

/**
 * Rows as one parameter for `jsonb_to_recordset` and its like, whatever their number: the text of a statement stays the
 * same, so it is planned once. Names become those of columns. Text that is no Unicode would make Postgres refuse the whole
 * parameter, so it is mended as the driver mends it in a parameter of its own; a JSON column takes its value, not its text.
 */
export function recordsOf(rows: readonly Readonly<Record<string, Value>>[]): string {
  return JSON.stringify(rows.map(recordOf));
}

function recordOf(row: Readonly<Record<string, Value>>): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name of Object.keys(row)) record[columnOf(name)] = jsonOf(row[name]);
  return record;
}

/** Names are those of columns, so there are only so many. */
const columns = new Map<string, string>();

/** As the camel-case plugin of the database names it. */
export function columnOf(name: string): string {
  let column = columns.get(name);
  if (column === undefined) {
    column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columns.set(name, column);
  }
  return column;
}

function jsonOf(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toWellFormed(), jsonOf(inner)]),
  );
}
