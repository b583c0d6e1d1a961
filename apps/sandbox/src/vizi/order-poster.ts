import type { ViziRequest } from '../control/schemas.js';
import type { PostClient } from '../http-post.js';
import { parseJson } from '../json.js';
import { fieldsOf } from '../vendor.js';
import { OrderNumbers } from './order-numbers.js';
import { changeEmail, makeOrder, type OrderPayload } from './orders.js';
import { paced } from './pacing.js';
import { variantOptions } from './variants.js';

const mostIds = 1_000;
const answers = ['accepted', 'duplicate', 'changed', 'skipped'] as const;
type Answer = (typeof answers)[number];

export interface PostReport extends Record<Answer | 'posted' | 'failed', number> {
  /** Of the orders posted, the first thousand. */
  readonly orderIds: string[];
  /** Of those with a post that was not answered 200, the first thousand. */
  readonly failedOrderIds: string[];
}

/** Posts synthetic orders to the backend as the shop does: once each, no retry. */
export class OrderPoster {
  readonly #numbers = new OrderNumbers();
  #stopped = false;

  constructor(
    private readonly url: URL,
    private readonly apiKey: string,
    private readonly client: PostClient,
  ) {}

  async post({ count, ratePerSecond, variant, repeat, seed }: ViziRequest): Promise<PostReport> {
    const numbering = this.#numbers.take(count, new Date(), seed);
    const report = emptyReport();
    await paced(count, ratePerSecond, async (index) => {
      if (this.#stopped) return;
      const payload = makeOrder({
        ...variantOptions(variant, index),
        seed: numbering.seed,
        sequence: numbering.first + index,
        at: numbering.at,
      });
      note(report.orderIds, payload.order.id);
      await this.#postCopies(payload, repeat, report);
      if (variant === 'changed') await this.#postCopies(changeEmail(payload), repeat, report);
    });
    return report;
  }

  /** Ends a run early: what is under way is answered, nothing more is posted. */
  stop(): void {
    this.#stopped = true;
  }

  async #postCopies(payload: OrderPayload, copies: number, report: PostReport): Promise<void> {
    const body = Buffer.from(JSON.stringify(payload));
    const results = await Promise.all(Array.from({ length: copies }, () => this.#postOne(body)));
    for (const result of results) {
      report.posted += 1;
      report[result] += 1;
    }
    if (results.includes('failed')) note(report.failedOrderIds, payload.order.id);
  }

  async #postOne(body: Buffer): Promise<Answer | 'failed'> {
    const headers = { 'x-api-key': this.apiKey };
    const answer = await this.client.post(this.url, headers, body).catch((error: Error) => error);
    if (answer instanceof Error || answer.status !== 200) return 'failed';
    const { status } = fieldsOf(fieldsOf(parseJson(answer.body))['data']);
    return answers.find((known) => known === status) ?? 'failed';
  }
}

function emptyReport(): PostReport {
  return {
    posted: 0,
    accepted: 0,
    duplicate: 0,
    changed: 0,
    skipped: 0,
    failed: 0,
    orderIds: [],
    failedOrderIds: [],
  };
}

function note(ids: string[], id: string): void {
  if (ids.length < mostIds) ids.push(id);
}
