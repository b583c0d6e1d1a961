import { until } from '@visapi/backend-testing';
import { makeOrder, type OrderOptions, type OrderPayload, phoneDigits } from '@visapi/sandbox/orders';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly outcome: string | undefined;
  readonly deliveryId: string | undefined;
}

/** An order of a burst, with what a reader of the contract expects to become of it. */
export interface ShopOrder {
  readonly id: string;
  readonly body: string;
  /** Digits of its phone at the CRM; undefined when the customer does not belong there. */
  readonly contact: string | undefined;
  readonly confirmed: boolean;
  readonly test: boolean;
}

const countries = ['india', 'uk', 'morocco', 'vietnam'] as const;
const branches = ['il', 'il', 'il', 'co', 'il', 'se', 'il', 'ru', 'il', 'kz'] as const;
/** An answer that takes longer is no answer to the shop, which then sends again. */
const timeoutMs = 20_000;

/** Orders of all branches, several destinations, with and without consent, some of them the shop's own tests. */
export function mixedOrders(seed: number, count: number): ShopOrder[] {
  return Array.from({ length: count }, (_, index) =>
    shopOrder({
      seed,
      sequence: seed * 1_000 + index + 1,
      branch: branches[index % branches.length],
      country: countries[index % countries.length],
      consent: index % 7 === 3 ? false : index % 11 === 5 ? 'missing' : true,
      test: index % 25 === 7,
    }),
  );
}

export function shopOrder(options: OrderOptions): ShopOrder {
  const { branch = 'il', sequence = 1, consent = true, test = false } = options;
  const payload = makeOrder({ ...options, branch, sequence, consent, test });
  const owed = branch === 'il' && !test;
  return {
    id: payload.order.id,
    body: JSON.stringify(payload),
    contact: owed ? phoneDigits(branch, sequence) : undefined,
    confirmed: owed && consent === true,
    test,
  };
}

export function payloadOf({ body }: ShopOrder): OrderPayload {
  return JSON.parse(body) as OrderPayload;
}

/** The shop: posts orders, and again what got no 200. */
export class Shop {
  /** Answers of 200 so far. */
  answered = 0;
  readonly #url: string;

  constructor(
    backendUrl: string,
    private readonly key: string,
  ) {
    this.#url = `${backendUrl}/api/v1/webhooks/vizi/orders`;
  }

  /** One try. Status 0: no answer. */
  async post(body: RequestInit['body'], headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const request = { method: 'POST', body, headers: { 'x-api-key': this.key, ...headers } };
    try {
      const response = await fetch(this.#url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 200) this.answered += 1;
      const { data } = (await response.json()) as { data?: { status: string; deliveryId: string } };
      const retryAfter = response.headers.get('retry-after');
      return { status: response.status, retryAfter, outcome: data?.status, deliveryId: data?.deliveryId };
    } catch {
      return { status: 0, retryAfter: null, outcome: undefined, deliveryId: undefined };
    }
  }

  /** Posts until the answer is 200; every answer on the way is kept. */
  async deliver(body: string, withinMs = 40_000): Promise<Answer[]> {
    const answers: Answer[] = [];
    const again = async (): Promise<number> => {
      const answer = await this.post(body);
      answers.push(answer);
      return answer.status;
    };
    await until(again, (status) => status === 200, withinMs);
    return answers;
  }

  /** Every order as often as said, all at once or so many at a time. */
  async burst(
    orders: readonly ShopOrder[],
    { copies = 2, atOnce = Infinity }: { copies?: number; atOnce?: number } = {},
  ): Promise<Answer[]> {
    const bodies = orders.flatMap(({ body }) => Array.from({ length: copies }, () => body));
    const answers: Answer[] = [];
    const lane = async (): Promise<void> => {
      for (let body = bodies.shift(); body !== undefined; body = bodies.shift())
        answers.push(...(await this.deliver(body)));
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, bodies.length) }, lane));
    return answers;
  }
}
