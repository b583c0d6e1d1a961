import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedBody } from '../plan/orders.ts';
import { sleepUntil } from '../wait.ts';

/** One try of the shop to deliver a body. Status 0: no answer. */
export interface Answer {
  readonly at: number;
  readonly status: number;
  readonly deliveryId: string | undefined;
}

export interface Posted {
  readonly planned: PlannedBody;
  readonly answers: Answer[];
}

/** An answer that takes longer is no answer to the shop, which then sends again. */
const timeoutMs = 20_000;
const againAfterMs = 400;
const longestRetryAfterMs = 2_000;
/** The shop gives up what got no 200 this long after the last cause was gone. */
const patienceMs = 60_000;

/** The shop: posts each order when it is due, whatever the answers do, and again what got no 200. */
export class ChaosShop {
  readonly posted: Posted[] = [];
  private givesUpAt = Infinity;
  private readonly url: string;
  private readonly key: string;

  constructor(backendUrl: string, key: string) {
    this.url = `${backendUrl}/api/v1/webhooks/vizi/orders`;
    this.key = key;
  }

  /** Answers of 200 so far. */
  get answered(): number {
    return this.posted.reduce(
      (sum, { answers }) => sum + answers.filter(({ status }) => status === 200).length,
      0,
    );
  }

  /** Resolves when every body has its 200s, or was given up. */
  async play(bodies: readonly PlannedBody[]): Promise<void> {
    const began = performance.now();
    await Promise.all(bodies.map((planned) => this.deliverAt(planned, began + planned.dueMs)));
  }

  /** Nothing more will happen to the system. */
  causesAreGone(): void {
    this.givesUpAt = performance.now() + patienceMs;
  }

  /** Nobody wants to know any more. */
  stop(): void {
    this.givesUpAt = -Infinity;
  }

  private async deliverAt(planned: PlannedBody, at: number): Promise<void> {
    await sleepUntil(at);
    if (this.givesUpAt < 0) return;
    const posted: Posted = { planned, answers: [] };
    this.posted.push(posted);
    await Promise.all(Array.from({ length: planned.copies }, () => this.deliver(posted)));
    if (planned.change) await this.deliverAt(planned.change, performance.now() + planned.change.dueMs);
  }

  private async deliver({ planned, answers }: Posted): Promise<void> {
    for (;;) {
      const { answer, retryAfterMs } = await this.post(planned.body);
      answers.push(answer);
      if (answer.status === 200 || performance.now() > this.givesUpAt) return;
      await pause(retryAfterMs);
    }
  }

  private async post(body: string): Promise<{ answer: Answer; retryAfterMs: number }> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        body,
        headers: { 'x-api-key': this.key },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { data } = (await response.json()) as { data?: { deliveryId?: string } };
      const retryAfter = Number(response.headers.get('retry-after') ?? 0) * 1_000;
      return {
        answer: { at: Date.now(), status: response.status, deliveryId: data?.deliveryId },
        retryAfterMs: Math.min(Math.max(retryAfter, againAfterMs), longestRetryAfterMs),
      };
    } catch {
      // Refused, cut or too late: the shop cannot tell which, and sends again.
      return { answer: { at: Date.now(), status: 0, deliveryId: undefined }, retryAfterMs: againAfterMs };
    }
  }
}
