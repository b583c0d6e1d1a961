import type { LedgerBalance as Balance, Message } from '@visapi/api-client';
import { until } from '@visapi/backend-testing';

export type { LedgerBalance as Balance, Message } from '@visapi/api-client';

export interface TimelineEntry {
  readonly at: string;
  readonly kind: string;
  readonly status: string;
  readonly detail: string | null;
  readonly correlationId: string;
}

/** Another process may be starting, or a server may be away: such an answer is asked for again. */
const patienceMs = 15_000;
const biggestPage = 200;

/** The REST API as an operator's tool reads it. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.body<{ data: T }>(path)).data;
  }

  balance(): Promise<Balance> {
    return this.get<Balance>('/ledger/balance');
  }

  timeline(orderId: string): Promise<TimelineEntry[]> {
    return this.get<TimelineEntry[]>(`/orders/${orderId}/timeline`);
  }

  /** The one confirmation of an order; undefined while the order is not yet interpreted. */
  async message(orderId: string): Promise<Message | undefined> {
    return (await this.messages(orderId)).find(({ template }) => template === 'order_confirmation_global');
  }

  messages(orderId: string): Promise<Message[]> {
    return this.get<Message[]>(`/messages?orderId=${orderId}&perPage=100`);
  }

  /** One request with a body; its status and what it answered. */
  async post<T>(path: string, body: unknown): Promise<{ status: number; data: T }> {
    const headers = { 'x-api-key': this.key };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/api/v1${path}`, request);
    const { data } = (await response.json()) as { data: T };
    return { status: response.status, data };
  }

  /** Every page of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    const join = path.includes('?') ? '&' : '?';
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: T[]; pagination: { nextCursor: string | null } } = await this.body(
        `${path}${join}cursor=${cursor}&perPage=${biggestPage}`,
      );
      items.push(...page.data);
      cursor = page.pagination.nextCursor;
    }
    return items;
  }

  async count(path: string): Promise<number> {
    return (await this.body<{ pagination: { total: number } }>(`${path}?perPage=1`)).pagination.total;
  }

  private async body<T>(path: string): Promise<T> {
    const ask = async () => {
      const response = await fetch(`${this.url}/api/v1${path}`, { headers: { 'x-api-key': this.key } }).catch(
        () => undefined,
      );
      return { status: response?.status ?? 0, text: (await response?.text().catch(() => '')) ?? '' };
    };
    const { text } = await until(ask, ({ status, text }) => status === 200 && text !== '', patienceMs);
    return JSON.parse(text) as T;
  }
}

export interface VendorCall {
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
  readonly correlationId?: string;
  readonly body?: unknown;
}

export interface StaffApplication {
  readonly applicationId: string;
  readonly firstName: string;
  readonly surname: string;
  readonly visaUrl?: string;
}

export interface Sends {
  readonly total: number;
  readonly confirmationsByOrder: Readonly<Record<string, number>>;
  readonly repeated: readonly unknown[];
}

export interface HeldContact {
  readonly phone: string;
  readonly custom_fields: readonly { name: string; value: string }[];
}

/** What the vendors' simulator has seen, and the faults it is asked for. */
export class SandboxControl {
  constructor(private readonly url: string) {}

  calls(): Promise<VendorCall[]> {
    return this.ask<VendorCall[]>('/_control/calls?vendor=cbb');
  }

  sends(): Promise<Sends> {
    return this.ask<Sends>('/_control/sends');
  }

  /** Links of the documents that were handed out, in their order. */
  async documents(): Promise<string[]> {
    const sent = (await this.calls()).filter(
      ({ path, outcome }) => path.endsWith('/send_content') && outcome === 'accepted',
    );
    return sent.flatMap(({ body }) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return /"document":\{"link":"([^"]+)"/.exec(text)?.[1] ?? [];
    });
  }

  /** Staff have finished an order. */
  async complete(orderId: string, applications: readonly StaffApplication[]): Promise<void> {
    await this.post('/_control/airtable/orders', { orderId, applications });
  }

  /** The contacts that CBB holds, by phone. */
  async contacts(): Promise<Map<string, Readonly<Record<string, string>>>> {
    const held = await this.ask<HeldContact[]>('/_control/state?vendor=cbb');
    const fieldsOf = ({ custom_fields: fields }: HeldContact) =>
      Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    return new Map(held.map((contact) => [contact.phone, fieldsOf(contact)]));
  }

  async fault(fault: Readonly<Record<string, unknown>>): Promise<void> {
    await this.post('/_control/faults', { vendor: 'cbb', ...fault });
  }

  /** Forgets the faults alone. */
  async heal(): Promise<void> {
    await this.ask('/_control/faults', { method: 'DELETE' });
  }

  /** Forgets calls, sends and faults. */
  async reset(seed = 1): Promise<void> {
    await this.post('/_control/reset', { seed });
  }

  private async post(path: string, body: unknown): Promise<void> {
    await this.ask(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, request: RequestInit = {}): Promise<T> {
    const response = await fetch(this.url + path, request);
    if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${path}`);
    return (await response.json()) as T;
  }
}
