/** A template message the vendor took, whether or not the caller was told so. */
export interface TakenMessage {
  readonly phone: string;
  readonly template: string;
  readonly parameters: readonly string[];
  /** Link of the document that goes with it. */
  readonly document?: string;
}

/** Accepted messages counted as they come, so that "at most one" is checked without reading every call. */
export class SendCounts {
  #total = 0;
  readonly #byPhone = new Map<string, number>();
  readonly #byTemplate = new Map<string, number>();
  readonly #byMessage = new Map<string, number>();
  readonly #byOrder = new Map<string, number>();

  add({ phone, template, parameters, document }: TakenMessage): void {
    this.#total += 1;
    increment(this.#byPhone, phone);
    increment(this.#byTemplate, template);
    increment(
      this.#byMessage,
      JSON.stringify([phone, template, ...parameters, ...(document ? [document] : [])]),
    );
    // The fourth parameter of the confirmation is the order number (domain.md 5.2).
    const orderId = template === 'order_confirmation_global' ? parameters[3] : undefined;
    if (orderId !== undefined) increment(this.#byOrder, orderId);
  }

  clear(): void {
    this.#total = 0;
    for (const counts of [this.#byPhone, this.#byTemplate, this.#byMessage, this.#byOrder]) counts.clear();
  }

  /** `repeated`: messages of the same phone, template, parameters and document taken more than once. */
  show(): Record<string, unknown> {
    const repeated = [...this.#byMessage].filter(([, count]) => count > 1);
    return {
      total: this.#total,
      byTemplate: Object.fromEntries(this.#byTemplate),
      byPhone: Object.fromEntries(this.#byPhone),
      confirmationsByOrder: Object.fromEntries(this.#byOrder),
      repeated: repeated.map(([message, count]) => ({ message: JSON.parse(message), count })),
    };
  }

  of(phone: string): number {
    return this.#byPhone.get(phone) ?? 0;
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
