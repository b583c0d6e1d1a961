import { inOrder, onlyKnown, time, timestamp } from '@visapi/backend-http';
import { orderIdSchema } from '@visapi/backend-kernel';
import { z } from 'zod';
import type { Reconciliation } from '../queries/reconcile-orders.query.js';
import type { Finding } from '../reconciliation.js';

export const ledgerQuery = onlyKnown({ from: time.optional(), to: time.optional() }).refine(
  ...inOrder('from', 'to'),
);

const count = z.number().int();

export const ledgerResponse = z
  .object({
    received: count,
    byState: z.object({
      fulfilled: count,
      duplicate: count,
      changed: count,
      skipped: count,
      rejected: count,
      failed: count,
      uncertain: count,
      open: count,
    }),
    oldestOpenSeconds: z.number().nullable(),
    uncertain: z.array(z.string()),
    violations: z.array(z.object({ orderId: z.string(), problem: z.string() })),
  })
  .meta({ id: 'LedgerBalance' });

/** More than these are compared by `npm run visapi -- reconcile`. */
const mostIds = 10_000;

export const reconcileRequest = onlyKnown({
  orderIds: z
    .array(orderIdSchema, { error: 'must be an array of order ids' })
    .min(1, 'must name an order')
    .max(mostIds, `must have at most ${mostIds} ids; npm run visapi -- reconcile takes more`),
});

const ids = z.array(z.string());

export const reconcileResponse = z
  .object({
    period: z.object({ from: timestamp.nullable(), to: timestamp.nullable() }).nullable(),
    orders: count,
    repeated: count,
    told: count,
    onlyThere: ids,
    rejected: z.array(z.object({ orderId: z.string(), deliveryId: z.string() })),
    notTold: z.array(z.object({ orderId: z.string(), state: z.string(), reason: z.string().nullable() })),
    onlyHere: z.object({
      total: count,
      first: z.array(z.object({ orderId: z.string(), receivedAt: timestamp })),
    }),
    testOrders: z.array(z.object({ orderId: z.string(), where: z.enum(['there', 'here', 'both']) })),
  })
  .meta({ id: 'Reconciliation' });

/** Of what is only here, at most so many are told by name: a period may hold any number. */
const mostOnlyHere = 1_000;

/** Keeps what an answer has room for. */
export class FoundOrders {
  private readonly found: Finding[] = [];
  private here = 0;

  add(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const isHere =
        finding.finding === 'only-here' || (finding.finding === 'test-order' && finding.where === 'here');
      if (isHere) this.here += 1;
      if (!isHere || this.here <= mostOnlyHere) this.found.push(finding);
    }
  }

  of<F extends Finding['finding']>(kind: F): Extract<Finding, { readonly finding: F }>[] {
    return this.found.filter((one): one is Extract<Finding, { readonly finding: F }> => one.finding === kind);
  }
}

export function toReconcileResponse({ period, counts }: Reconciliation, found: FoundOrders) {
  const { orders, repeated, told, onlyHere } = counts;
  return {
    period: period ?? null,
    ...{ orders, repeated, told },
    onlyThere: found.of('only-there').map(({ orderId }) => orderId),
    rejected: found.of('rejected'),
    notTold: found.of('not-told'),
    onlyHere: { total: onlyHere, first: found.of('only-here') },
    testOrders: found.of('test-order'),
  };
}
