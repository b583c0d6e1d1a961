import type { Blow } from '../faults/journal.ts';
import type { PlannedBody } from '../plan/orders.ts';
import type { Allowed } from '../scenario.ts';
import type { SendCall } from '../system/simulators.ts';

export interface PostedBody {
  readonly planned: Omit<PlannedBody, 'body' | 'change' | 'dueMs'>;
  readonly answers: readonly { readonly status: number; readonly deliveryId: string | undefined }[];
}

export interface DeliveryRow {
  readonly id: string;
  readonly orderId: string;
  readonly hash: string;
  readonly outcome: string;
  readonly state: string;
  readonly repeats: number;
  readonly position: number;
  readonly receivedAt: number;
}

/** A contact or a confirmation that an order owes, as the database holds it. Times in epoch milliseconds. */
export interface EffectRow {
  readonly id: string;
  readonly orderId: string;
  readonly kind: 'contact' | 'message';
  readonly key: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempt: number;
  /** When it came to its end, whichever that is. */
  readonly endedAt: number | null;
  /** How far receipts say it came. */
  readonly receipt: 'sent' | 'delivered' | 'read' | null;
}

/** A message seen in doubt at some moment of the run. */
export interface Doubt {
  readonly orderId: string;
  readonly claimedAt: number;
  readonly uncertainAt: number;
}

export interface Balance {
  readonly received: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly uncertain: readonly string[];
  readonly violations: readonly { readonly orderId: string; readonly problem: string }[];
}

/** All that was seen from outside in one run; plain data, so that every invariant is a function of it. */
export interface Evidence {
  readonly allowed: Allowed;
  readonly posted: readonly PostedBody[];
  readonly deliveries: readonly DeliveryRow[];
  /** Ids of the rows of orders. */
  readonly orders: readonly string[];
  readonly effects: readonly EffectRow[];
  readonly balance: Balance;
  /** Confirmations that the vendor took, by order. */
  readonly sends: Readonly<Record<string, number>>;
  readonly sendCalls: readonly SendCall[];
  readonly contacts: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly doubts: readonly Doubt[];
  readonly blows: readonly Blow[];
  readonly causesGone: readonly number[];
  /** From the last cause being gone until nothing was open; undefined when it did not come to that. */
  readonly quietAfterMs: number | undefined;
  /** What the supervisor said of processes that nobody had asked to end. */
  readonly unasked: readonly string[];
  readonly pausedQueues: readonly string[];
  /** Lines of logs in which one of our processes blames itself. */
  readonly ownErrors: readonly string[];
}
