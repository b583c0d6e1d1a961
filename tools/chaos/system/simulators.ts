import type { VendorFault } from '../scenario.ts';

/** A call to send a message, as the vendor's simulator recorded it. */
export interface SendCall {
  readonly orderId: string;
  readonly at: number;
  readonly outcome: string;
}

export interface Sends {
  readonly total: number;
  readonly confirmationsByOrder: Readonly<Record<string, number>>;
}

interface RecordedCall {
  readonly at: string;
  readonly path: string;
  readonly outcome: string;
  readonly body: unknown;
}

interface HeldContact {
  readonly phone: string;
  readonly custom_fields: readonly { name: string; value: string }[];
}

export interface ReceiptCounts {
  readonly planned: number;
  readonly delivered: number;
}

/** The place of the order's number among the parameters of a confirmation. */
const orderParameter = 3;

/** What the vendors' simulators have seen, and the faults they are asked for. */
export class Simulators {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  sends(): Promise<Sends> {
    return this.ask<Sends>('/_control/sends');
  }

  async receipts(): Promise<ReceiptCounts> {
    return (await this.ask<{ receipts: ReceiptCounts }>('/_control/state?vendor=meta')).receipts;
  }

  /** Every call that asked for a message, whatever was answered. */
  async sendCalls(): Promise<SendCall[]> {
    const calls = await this.ask<RecordedCall[]>('/_control/calls?vendor=cbb');
    return calls
      .filter(({ path }) => path.endsWith('/send_content'))
      .map(({ at, outcome, body }) => ({ orderId: orderOf(body), at: Date.parse(at), outcome }));
  }

  /** The contacts that the CRM holds: fields by name, by phone. */
  async contacts(): Promise<Map<string, Readonly<Record<string, string>>>> {
    const held = await this.ask<HeldContact[]>('/_control/state?vendor=cbb');
    return new Map(
      held.map(({ phone, custom_fields: fields }) => [
        phone,
        Object.fromEntries(fields.map(({ name, value }) => [name, value])),
      ]),
    );
  }

  async fault(fault: VendorFault): Promise<void> {
    await this.ask('/_control/faults', { method: 'POST', body: JSON.stringify(fault) });
  }

  /** The vendors are well again; what they have seen stays. */
  async heal(): Promise<void> {
    await this.ask('/_control/faults', { method: 'DELETE' });
  }

  /** Sets the dice that faults with a rate roll. */
  async reset(seed: number): Promise<void> {
    await this.ask('/_control/reset', { method: 'POST', body: JSON.stringify({ seed }) });
  }

  private async ask<T>(path: string, request: RequestInit = {}): Promise<T> {
    const response = await fetch(this.url + path, request);
    if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${path}`);
    return (await response.json()) as T;
  }
}

interface TemplateCall {
  readonly messages?: readonly {
    readonly template?: {
      readonly components?: readonly { type: string; parameters?: readonly { text?: string }[] }[];
    };
  }[];
}

function orderOf(body: unknown): string {
  const components = (body as TemplateCall | null)?.messages?.[0]?.template?.components ?? [];
  const words = components.find(({ type }) => type === 'body')?.parameters ?? [];
  return words[orderParameter]?.text ?? 'unknown';
}
