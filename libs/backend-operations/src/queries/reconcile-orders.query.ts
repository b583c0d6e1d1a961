import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  type NamedOrder,
  ReconciliationRepository,
  type ReceivedOrder,
} from '@visapi/backend-repositories/operations';
import { type Finding, judge, ReconciliationCounts } from '../reconciliation.js';
import { SeenOrders } from '../seen-orders.js';

export interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

export interface Reconciliation {
  /** In which what is only here was looked for; undefined = no order of the list is here, and none was said. */
  readonly period: Period | undefined;
  readonly counts: ReconciliationCounts;
}

/**
 * Compares a list of order ids with the orders that came, both ways: what of the list is not here, or not told, and what
 * came within a period and is not in the list. The list may be longer than memory, and so may what is found.
 */
export class ReconcileOrders extends Query<Reconciliation> {
  /**
   * @param batches usable order ids, so many at once as one statement takes
   * @param period of first deliveries; without either end, the one that the list's orders span
   * @param tell awaited before anything more is looked for
   */
  constructor(
    readonly batches: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
    readonly period: Period,
    readonly tell: (findings: readonly Finding[]) => Promise<void> | void,
  ) {
    super();
  }
}

const pageSize = 5_000;

@QueryHandler(ReconcileOrders)
export class ReconcileOrdersHandler implements IQueryHandler<ReconcileOrders> {
  constructor(
    private readonly database: Database,
    private readonly repository: ReconciliationRepository,
  ) {}

  async execute({ batches, period, tell }: ReconcileOrders): Promise<Reconciliation> {
    const [seen, counts] = [new SeenOrders(), new ReconciliationCounts()];
    const told = async (findings: readonly Finding[]) => {
      for (const finding of findings) counts.add(finding);
      await tell(findings);
    };
    let span: Period | undefined;
    for await (const batch of batches) {
      const orderIds = batch.filter((orderId) => seen.add(orderId));
      counts.repeated += batch.length - orderIds.length;
      counts.orders += orderIds.length;
      const named = await this.repository.named(this.database.db, orderIds);
      span = widened(span, named);
      const findings = named.flatMap((order) => judge(order) ?? []);
      counts.told += named.length - findings.length;
      await told(findings);
    }
    const looked = period.from === null && period.to === null ? span : period;
    if (looked) await this.findOnlyHere(looked, seen, told);
    return { period: looked, counts };
  }

  private async findOnlyHere(
    period: Period,
    seen: SeenOrders,
    tell: (findings: readonly Finding[]) => Promise<void>,
  ): Promise<void> {
    let page: readonly ReceivedOrder[] = [];
    do {
      page = await this.repository.received(this.database.db, period, page.at(-1)?.at, pageSize);
      // A test order stands there once for each of its deliveries, any other once.
      const isNew = ({ orderId, isTest }: ReceivedOrder) => (isTest ? seen.add(orderId) : !seen.has(orderId));
      await tell(page.filter(isNew).map(onlyHere));
    } while (page.length === pageSize);
  }
}

function onlyHere({ orderId, isTest, receivedAt }: ReceivedOrder): Finding {
  return isTest
    ? { finding: 'test-order', orderId, where: 'here' }
    : { finding: 'only-here', orderId, receivedAt };
}

/** From the first of the orders that are here to the millisecond after the last; the database counts microseconds. */
function widened(span: Period | undefined, orders: readonly NamedOrder[]): Period | undefined {
  return orders.reduce<Period | undefined>((wide, { receivedAt }) => {
    if (receivedAt === null) return wide;
    const [from, to] = [receivedAt, new Date(receivedAt.getTime() + 1)];
    if (!wide?.from || !wide.to) return { from, to };
    return { from: from < wide.from ? from : wide.from, to: to > wide.to ? to : wide.to };
  }, span);
}
