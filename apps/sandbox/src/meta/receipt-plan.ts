import type { ReceiptMode } from '../faults/fault.js';

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'failed';

export interface PlannedReceipt {
  readonly status: ReceiptStatus;
  /** When it happens: the timestamp inside the receipt. */
  readonly happensAfterMs: number;
  /** When Meta posts it. */
  readonly arrivesAfterMs: number;
}

const statuses = ['sent', 'delivered', 'read'] as const;
/** Far enough apart to travel in bodies of their own. */
const apartMs = 30;

/** The receipts of one accepted message; `delaysMs` for sent, delivered, read. */
export function planReceipts(delaysMs: readonly number[], mode?: ReceiptMode): PlannedReceipt[] {
  const inOrder = statuses.map((status, index) => {
    const afterMs = delaysMs[index] ?? 0;
    return { status, happensAfterMs: afterMs, arrivesAfterMs: afterMs };
  });
  switch (mode) {
    case undefined:
    case 'receipts-batched':
      return inOrder;
    case 'receipts-lost':
      return [];
    case 'receipts-duplicated':
      return inOrder.flatMap((receipt) => [
        receipt,
        { ...receipt, arrivesAfterMs: receipt.arrivesAfterMs + apartMs },
      ]);
    case 'receipts-out-of-order': {
      // None can be posted before it happened: all wait for the last one, then come in reverse.
      const last = Math.max(...delaysMs);
      return inOrder
        .reverse()
        .map((receipt, index) => ({ ...receipt, arrivesAfterMs: last + index * apartMs }));
    }
    case 'receipts-failed': {
      const afterMs = delaysMs[1] ?? 0;
      return [...inOrder.slice(0, 1), { status: 'failed', happensAfterMs: afterMs, arrivesAfterMs: afterMs }];
    }
  }
}
