import type { Measurement } from '../benchmark.ts';

/** The result table, and under it what each line really measured. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map((one) => [
    one.promise,
    one.what,
    one.ours,
    one.baseline,
    one.ratio,
    one.hold,
    one.held ? 'held' : 'NOT HELD',
  ]);
  const all = [['promise', 'what', 'ours', 'baseline', 'ratio', 'to hold', ''], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = measurements.map((one) => `${one.promise}: ${one.note}`);
  return [...lines, '', ...notes].join('\n');
}
