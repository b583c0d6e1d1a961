import { randomBytes } from 'node:crypto';
import type { ReceiptMode } from '../faults/fault.js';
import type { SendCounts, TakenMessage } from '../recording/send-counts.js';
import type { ReceiptCourier } from './receipt-courier.js';
import { planReceipts } from './receipt-plan.js';

const undeliverable = 131026;

interface HowTaken {
  readonly callbackData: string | undefined;
  readonly receipts: ReceiptMode | undefined;
  /** Meta's code when it takes the message and then fails it. */
  readonly failsWith?: number;
}

/** The business number: CBB and the direct route both send through it, and Meta tells of every message it took. */
export class WhatsAppNumber {
  constructor(
    private readonly sends: SendCounts,
    /** Undefined = no receipts. */
    private readonly courier: ReceiptCourier | undefined,
    private readonly delaysMs: readonly number[] | undefined,
  ) {}

  /** Takes a message for sending; answers its id at Meta. */
  take(message: TakenMessage, how: HowTaken): string {
    const wamid = newWamid();
    this.sends.add(message);
    if (this.courier === undefined || this.delaysMs === undefined) return wamid;
    const mode = how.receipts ?? (how.failsWith === undefined ? undefined : 'receipts-failed');
    const now = Date.now();
    for (const { status, happensAfterMs, arrivesAfterMs } of planReceipts(this.delaysMs, mode)) {
      const errorCode = status === 'failed' ? (how.failsWith ?? undeliverable) : undefined;
      const happenedAt = now + happensAfterMs;
      this.courier.schedule(
        { wamid, phone: message.phone, status, happenedAt, callbackData: how.callbackData, errorCode },
        mode === 'receipts-batched' ? nextSecond(now + arrivesAfterMs) : now + arrivesAfterMs,
      );
    }
    return wamid;
  }
}

/** What arrives in the same moment travels in one body. */
function nextSecond(at: number): number {
  return Math.ceil(at / 1_000) * 1_000;
}

function newWamid(): string {
  return `wamid.HBgM${randomBytes(24).toString('base64')}`;
}
