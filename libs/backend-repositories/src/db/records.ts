/** A value that a column takes from JSON. */
type Value = string | number | boolean | null | undefined | Date | Buffer | readonly string[] | object;

/**
 * Rows as one parameter for `jsonb_to_recordset` and its like, whatever their number: the text of a statement stays the
 * same, so it is planned once. Names become those of columns. Text that is no Unicode would make Postgres refuse the whole
 * parameter, so it is mended as the driver mends it in a parameter of its own; a JSON column takes its value, not its text.
 */
export function recordsOf(rows: readonly Readonly<Record<string, Value>>[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [columnOf(name), jsonOf(value)])),
    ),
  );
}

/** As the camel-case plugin of the database names it. */
export function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function jsonOf(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonOf(inner)]));
}
