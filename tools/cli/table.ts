const shown = 50;

/** Counts below each other. */
export function tableOf(rows: readonly (readonly [name: string, count: number])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(8)}`);
}

/** A few lines of many under a title, after an empty line; nothing when there are none. */
export function listOf(title: string, lines: readonly string[], total: number): string[] {
  if (total === 0) return [];
  const rest = total > shown ? [`  ... and ${total - shown} more; --json shows all`] : [];
  return ['', `${title}:`, ...lines.slice(0, shown).map((line) => `  ${line}`), ...rest];
}

/** Whether a line that comes after so many others would be shown. */
export function isShown(before: number): boolean {
  return before < shown;
}
