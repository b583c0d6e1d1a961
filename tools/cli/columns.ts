/** Rows below their titles, each column as wide as its widest text. */
export function columnsOf(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One thing, each of its fields on a line. */
export function fieldsOf(fields: Readonly<Record<string, string>>): string[] {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields).map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

/** As people or scripts read it. */
export function print(asJson: boolean, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(asJson ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`);
}
