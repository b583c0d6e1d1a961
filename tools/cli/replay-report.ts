import type { Foreseen, Replayed } from '@visapi/backend-orders';

type Result = Foreseen | Replayed;

const refusals = ['failed', 'rejected', 'refused', 'reject', 'refuse'];

/** Says of each delivery what was done with it, or would be, and in the end how many there were of each. */
export class ReplayReport {
  private readonly counts = new Map<string, number>();
  private readonly asJson: boolean;

  constructor(asJson: boolean) {
    this.asJson = asJson;
  }

  get refused(): number {
    return refusals.reduce((sum, word) => sum + (this.counts.get(word) ?? 0), 0);
  }

  add(result: Result): void {
    const word = wordOf(result);
    this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    const lines = this.asJson ? [JSON.stringify(result)] : linesOf(result, word);
    process.stdout.write(`${lines.join('\n')}\n`);
  }

  end(): void {
    if (this.asJson) return;
    const counts = [...this.counts].map(([word, count]) => `${count} ${word}`);
    process.stdout.write(`${counts.join(', ') || 'no delivery matches'}\n`);
  }
}

function wordOf(result: Result): string {
  return 'would' in result ? result.would : result.status;
}

function linesOf(result: Result, word: string): string[] {
  const verb = 'would' in result ? `would ${word}` : word;
  return [
    `${result.deliveryId}  ${result.orderId ?? '(no order id)'}  ${verb}`,
    ...(result.fields ?? []).map((field) => `  field ${field}`),
    ...stepsOf(result),
    ...result.problems.map(({ path, message }) => `  ${path} ${message}`.trimEnd()),
    ...('confirm' in result ? [`  --confirm ${result.confirm} does it; so long nothing is sent`] : []),
  ];
}

function stepsOf(result: Result): string[] {
  if (!('would' in result))
    return (result.planned ?? []).map(({ effect, id }) => `  planned ${effect} ${id}`);
  const is = result.would === 'force' ? 'is' : 'would be';
  return (result.effects ?? []).map(
    ({ kind, state, reason }) => `  ${kind} ${is} ${state}${reason === null ? '' : ` (${reason})`}`,
  );
}
