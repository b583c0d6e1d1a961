import { isTestOrder } from '@visapi/backend-kernel';
import type { NamedOrder } from '@visapi/backend-repositories/operations';

/** What a comparison found out about one order that is not simply in both lists and told. */
export type Finding =
  /** Never reached us. */
  | { readonly finding: 'only-there'; readonly orderId: string }
  /** Reached us and was refused: kept, and replayable. */
  | { readonly finding: 'rejected'; readonly orderId: string; readonly deliveryId: string }
  /** In both, and its customer has no confirmation. */
  | {
      readonly finding: 'not-told';
      readonly orderId: string;
      readonly state: string;
      readonly reason: string | null;
    }
  /** Came within the period and is not in the list. */
  | { readonly finding: 'only-here'; readonly orderId: string; readonly receivedAt: Date }
  /** Owes nobody anything, so it is told apart. */
  | { readonly finding: 'test-order'; readonly orderId: string; readonly where: 'there' | 'here' | 'both' };

/** @returns undefined for an order that is in both and told */
export function judge(order: NamedOrder): Finding | undefined {
  const { orderId, rejectedDeliveryId, confirmation, reason, deliveryState } = order;
  if (isTestOrder(orderId))
    return { finding: 'test-order', orderId, where: order.isTestHere ? 'both' : 'there' };
  if (confirmation === 'accepted') return undefined;
  if (confirmation !== null) return { finding: 'not-told', orderId, state: confirmation, reason };
  if (deliveryState !== null) return { finding: 'not-told', orderId, ...unplanned(deliveryState) };
  if (rejectedDeliveryId !== null) return { finding: 'rejected', orderId, deliveryId: rejectedDeliveryId };
  return { finding: 'only-there', orderId };
}

/** An order that came and has no confirmation, not even one that is withheld. */
function unplanned(deliveryState: string): { readonly state: string; readonly reason: string } {
  if (deliveryState === 'open' || deliveryState === 'failed')
    return { state: deliveryState, reason: 'not-interpreted' };
  return { state: 'missing', reason: 'no-confirmation' };
}

/** How many orders there are of each kind; those of the list add up to `orders`. */
export class ReconciliationCounts {
  /** Different ids in the list. */
  orders = 0;
  /** Ids that stood in the list before. */
  repeated = 0;
  told = 0;
  onlyThere = 0;
  rejected = 0;
  onlyHere = 0;
  readonly testOrders = { there: 0, here: 0, both: 0 };
  private readonly states = new Map<string, { state: string; reason: string | null; orders: number }>();

  add(finding: Finding): void {
    switch (finding.finding) {
      case 'only-there':
        this.onlyThere += 1;
        return;
      case 'rejected':
        this.rejected += 1;
        return;
      case 'only-here':
        this.onlyHere += 1;
        return;
      case 'test-order':
        this.testOrders[finding.where] += 1;
        return;
      case 'not-told': {
        const { state, reason } = finding;
        const key = JSON.stringify([state, reason]);
        const known = this.states.get(key) ?? { state, reason, orders: 0 };
        this.states.set(key, { ...known, orders: known.orders + 1 });
      }
    }
  }

  /** The most frequent first. */
  get notTold(): readonly {
    readonly state: string;
    readonly reason: string | null;
    readonly orders: number;
  }[] {
    return [...this.states.values()].sort((left, right) => right.orders - left.orders);
  }

  /** Orders of the list that are not here as orders with what they owe. */
  get missing(): number {
    const unplannedHere = this.notTold.find(({ state }) => state === 'missing')?.orders ?? 0;
    return this.onlyThere + this.rejected + unplannedHere;
  }
}
