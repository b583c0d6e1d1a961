import type { ImportedResult } from '@visapi/backend-orders';
import { tableOf } from './table.ts';

const shownProblems = 50;

export interface RowProblem {
  readonly line: number;
  readonly orderId: string | null;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** What an import did, or would do: counts, and every refused row. */
export class ImportSummary {
  readonly counts = { rows: 0, imported: 0, alreadyHere: 0, testOrders: 0, refused: 0 };
  /** What is done and owed of the imported orders. */
  readonly effects: Record<string, number> = {};
  readonly refused: RowProblem[] = [];
  private readonly dryRun: boolean;
  /** Nothing is written in a dry run, so the file's own repeats are known here alone. */
  private readonly seen = new Set<string>();

  constructor(dryRun: boolean) {
    this.dryRun = dryRun;
  }

  add(result: ImportedResult): void {
    this.counts.rows += 1;
    const { orderId } = result;
    const isRepeat = this.dryRun && result.outcome === 'imported' && this.seen.has(String(orderId));
    switch (isRepeat ? 'already-here' : result.outcome) {
      case 'already-here':
        this.counts.alreadyHere += 1;
        return;
      case 'test-order':
        this.counts.testOrders += 1;
        return;
      case 'refused':
        this.counts.refused += 1;
        this.refused.push({ line: result.line, orderId, problems: result.problems });
        return;
      case 'imported':
        this.counts.imported += 1;
        if (this.dryRun) this.seen.add(String(orderId));
        for (const effect of result.effects) this.effects[effect] = (this.effects[effect] ?? 0) + 1;
    }
  }

  asJson(): string {
    const { dryRun, counts, effects, refused } = this;
    return JSON.stringify({ dryRun, ...counts, effects, problems: byLine(refused) }, null, 2);
  }

  asText(): string {
    const { rows, imported, alreadyHere, testOrders, refused } = this.counts;
    const would = this.dryRun ? 'would be imported' : 'imported';
    const table: [string, number][] = [
      ['rows', rows],
      [would, imported],
      ...Object.entries(this.effects)
        .sort()
        .map(([effect, count]): [string, number] => [`  ${effect}`, count]),
      ['already here', alreadyHere],
      ['test orders, left out', testOrders],
      ['refused', refused],
    ];
    return [
      ...this.problemLines(),
      ...tableOf(table),
      ...(this.dryRun ? ['', 'Dry run: nothing was written.'] : []),
    ].join('\n');
  }

  private problemLines(): string[] {
    const all = byLine(this.refused).flatMap(({ line, orderId, problems }) =>
      problems.map(({ path, message }) => `line ${line}  ${orderId ?? '(no order id)'}  ${path} ${message}`),
    );
    const more = all.length - shownProblems;
    const rest = more > 0 ? [`... and ${more} more problems; --json shows all`] : [];
    return all.length === 0 ? [] : [...all.slice(0, shownProblems), ...rest, ''];
  }
}

function byLine(refused: readonly RowProblem[]): RowProblem[] {
  return [...refused].sort((left, right) => left.line - right.line);
}
