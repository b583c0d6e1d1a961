import type { Verdict } from '../run-scenario.ts';

const mostFindings = 12;

/** One line per scenario. */
export function table(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ scenario, figures, quietAfterSeconds, held, seed, done }) => [
    scenario,
    `${figures.orders}`,
    `${figures.refused}`,
    `${figures.told}`,
    `${figures.kills}`,
    `${figures.longestStall} s`,
    quietAfterSeconds === undefined ? 'never' : `${quietAfterSeconds} s`,
    `${figures.uncertain}`,
    `${figures.settled}`,
    held ? 'held' : 'NOT HELD',
    `${seed}`,
    done.join('; ') || 'load alone',
  ]);
  const head = [
    'scenario',
    'orders',
    'refused',
    'told',
    'struck',
    'longest stall',
    'quiet after',
    'uncertain',
    'settled',
    '',
    'seed',
    'what was done',
  ];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Every broken invariant with the ids that show it. */
export function findings({ scenario, seed, broken }: Verdict): string[] {
  return broken.flatMap(({ invariant, findings: found }) => [
    `✗ ${scenario} (seed ${seed}): ${invariant}: ${found.length} finding${found.length === 1 ? '' : 's'}`,
    ...found.slice(0, mostFindings).map((finding) => `    ${finding}`),
    ...(found.length > mostFindings ? [`    and ${found.length - mostFindings} more, in the JSON file`] : []),
  ]);
}
