import type { Finding, Reconciliation } from '@visapi/backend-operations';
import { isShown, listOf, tableOf } from './table.ts';

/** What a comparison found out about an order, or that a line of the list names none. */
export type Told =
  Finding | { readonly finding: 'unreadable'; readonly line: number; readonly problem: string };

/** What is shown together: what is withheld by rule must not hide what somebody has to look at. */
type Shown = Told['finding'] | 'withheld';

const titles: Readonly<Record<Shown, string>> = {
  'only-there': 'only in the list: never reached us',
  rejected: 'refused when they came; their deliveries are kept and can be replayed',
  'not-told': 'in both, and their customers were not told',
  withheld: 'in both, and their confirmations withheld for the reason that is said',
  'only-here': 'only here: came within the period, and not in the list',
  'test-order': 'test orders',
  unreadable: 'lines that name no order',
};

/** What a list was found to be: told one by one, or the first few of each kind. It holds no more than it shows. */
export class ReconcileReport {
  private readonly counts = new Map<Shown, number>();
  private readonly first = new Map<Shown, string[]>();
  private readonly write: (text: string) => Promise<void>;
  private readonly json: boolean;
  private isBegun = false;

  /** @param json one JSON document with every finding, written as they come; else a table at the end */
  constructor(write: (text: string) => Promise<void>, json: boolean) {
    this.write = write;
    this.json = json;
  }

  get unreadable(): number {
    return this.count('unreadable');
  }

  async add(findings: readonly Told[]): Promise<void> {
    for (const told of findings) {
      const kind = told.finding === 'not-told' && told.state === 'skipped' ? 'withheld' : told.finding;
      const before = this.count(kind);
      this.counts.set(kind, before + 1);
      if (!isShown(before)) continue;
      this.first.set(kind, [...(this.first.get(kind) ?? []), lineOf(told)]);
    }
    if (!this.json || findings.length === 0) return;
    const text = findings.map((told) => JSON.stringify(told)).join(',\n');
    await this.write(`${this.isBegun ? ',\n' : '{"findings":[\n'}${text}`);
    this.isBegun = true;
  }

  async end(result: Reconciliation): Promise<void> {
    if (this.json) {
      const rest = JSON.stringify({ period: result.period ?? null, counts: this.summary(result) });
      await this.write(`${this.isBegun ? '\n' : '{"findings":['}],${rest.slice(1)}\n`);
    } else await this.write(`${this.asText(result)}\n`);
  }

  private summary({ counts }: Reconciliation) {
    const { orders, repeated, told, onlyThere, rejected, onlyHere, testOrders, notTold } = counts;
    const { unreadable } = this;
    return { orders, repeated, unreadable, told, notTold, onlyThere, rejected, onlyHere, testOrders };
  }

  private asText({ counts, period }: Reconciliation): string {
    const { testOrders } = counts;
    const notTold = counts.notTold.map(({ state, reason, orders }): [string, number] => [
      `  not told: ${state}${reason === null ? '' : `, ${reason}`}`,
      orders,
    ]);
    const table = tableOf([
      ['orders in the list', counts.orders],
      ['  told', counts.told],
      ...notTold,
      ['  never reached us', counts.onlyThere],
      ['  refused', counts.rejected],
      ['  test orders', testOrders.there + testOrders.both],
      ['in the list again', counts.repeated],
      ['lines that name no order', this.unreadable],
      ['only here', counts.onlyHere],
      ['test orders only here', testOrders.here],
    ]);
    const lists = Object.entries(titles).flatMap(([name, title]) => {
      const kind = name as Shown;
      return listOf(title, this.first.get(kind) ?? [], this.count(kind));
    });
    return [...table, '', periodLine(period), ...lists].join('\n');
  }

  private count(kind: Shown): number {
    return this.counts.get(kind) ?? 0;
  }
}

function periodLine(period: Reconciliation['period']): string {
  if (!period)
    return 'No order of the list is here and no period was said, so what is only here was not looked for.';
  const from = period.from?.toISOString() ?? 'the beginning';
  return `Only here: first received from ${from} to ${period.to?.toISOString() ?? 'now'}.`;
}

function lineOf(told: Told): string {
  switch (told.finding) {
    case 'only-there':
      return told.orderId;
    case 'rejected':
      return `${told.orderId}  delivery ${told.deliveryId}`;
    case 'not-told':
      return `${told.orderId}  ${told.state}${told.reason === null ? '' : `, ${told.reason}`}`;
    case 'only-here':
      return `${told.orderId}  ${told.receivedAt.toISOString()}`;
    case 'test-order':
      return `${told.orderId}  ${{ there: 'only in the list', here: 'only here', both: 'in both' }[told.where]}`;
    case 'unreadable':
      return `line ${told.line}  ${told.problem}`;
  }
}
