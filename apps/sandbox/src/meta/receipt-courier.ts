import type { PostClient } from '../http-post.js';
import { type Receipt, receiptBody, signature } from './receipt-body.js';

const tickMs = 10;
/** Meta puts several statuses into one body when there is much to tell. */
const mostPerBody = 50;
const mostInFlight = 8;
const firstRetryMs = 250;
const slowestRetryMs = 5_000;
/** About five minutes; the real one goes on for seven days. */
const mostAttempts = 65;

export interface CourierOptions {
  readonly url: URL;
  readonly appSecret: string;
  readonly businessId: string;
  readonly phoneNumberId: string;
  readonly client: PostClient;
  readonly warn: (details: object, message: string) => void;
}

interface Parcel {
  readonly body: Buffer;
  readonly statuses: number;
  attempt: number;
}

/** Brings signed receipts to the backend when they are due, and again after anything but a 200. */
export class ReceiptCourier {
  readonly counts = { planned: 0, delivered: 0, bodies: 0, retries: 0, droppedStatuses: 0 };
  readonly #due = new Map<number, Receipt[]>();
  readonly #retries = new Set<NodeJS.Timeout>();
  #ready: Receipt[] = [];
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: CourierOptions) {}

  schedule(receipt: Receipt, arrivesAt: number): void {
    if (this.#closed) return;
    this.counts.planned += 1;
    const tick = Math.ceil(arrivesAt / tickMs);
    const waiting = this.#due.get(tick);
    if (waiting === undefined) this.#due.set(tick, [receipt]);
    else waiting.push(receipt);
    this.#timer ??= setInterval(() => this.#onTick(), tickMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const retry of this.#retries) clearTimeout(retry);
  }

  #onTick(): void {
    const now = Date.now() / tickMs;
    const arrived = [...this.#due.keys()].filter((tick) => tick <= now).sort((one, other) => one - other);
    for (const tick of arrived) {
      this.#ready.push(...(this.#due.get(tick) ?? []));
      this.#due.delete(tick);
    }
    if (this.#due.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#dispatch();
  }

  /** While all lines are busy statuses gather, which makes the next bodies fuller. */
  #dispatch(): void {
    while (this.#ready.length > 0 && this.#inFlight < mostInFlight && !this.#closed) {
      const receipts = this.#ready.splice(0, mostPerBody);
      const body = receiptBody(receipts, this.options);
      this.#inFlight += 1;
      void this.#post({ body, statuses: receipts.length, attempt: 1 }).finally(() => {
        this.#inFlight -= 1;
        this.#dispatch();
      });
    }
  }

  async #post(parcel: Parcel): Promise<void> {
    const { client, url, appSecret } = this.options;
    const headers = {
      'x-hub-signature-256': signature(parcel.body, appSecret),
      'user-agent': 'facebookexternalua',
    };
    const result = await client.post(url, headers, parcel.body).then(
      (answer) => answer.status,
      (error: Error) => error.message,
    );
    this.counts.bodies += 1;
    if (result === 200) this.counts.delivered += parcel.statuses;
    else this.#retry(parcel, result);
  }

  #retry(parcel: Parcel, result: number | string): void {
    if (this.#closed) return;
    if (parcel.attempt >= mostAttempts) {
      this.counts.droppedStatuses += parcel.statuses;
      this.options.warn(
        { result, statuses: parcel.statuses },
        'receipts given up: the backend never answered 200',
      );
      return;
    }
    const delayMs = Math.min(firstRetryMs * 2 ** (parcel.attempt - 1), slowestRetryMs);
    parcel.attempt += 1;
    this.counts.retries += 1;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      void this.#post(parcel);
    }, delayMs);
    this.#retries.add(timer);
  }
}
