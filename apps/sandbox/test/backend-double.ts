import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedStatus {
  readonly id: string;
  readonly status: string;
  readonly recipient_id: string;
  readonly timestamp: string;
  readonly biz_opaque_callback_data?: string;
  readonly errors?: { code: number }[];
}

export interface ReceivedBody {
  readonly signatureValid: boolean;
  readonly statuses: readonly ReceivedStatus[];
}

export interface ReceivedOrder {
  readonly apiKey: string | undefined;
  readonly id: string;
  readonly email: string;
  readonly consent: boolean | undefined;
}

/** The webhooks of a backend, as far as the sandbox posts to them: keeps what came and lets a test wait for it. */
export class BackendDouble {
  readonly bodies: ReceivedBody[] = [];
  readonly orders: ReceivedOrder[] = [];
  /** Answers for the next receipt bodies; 200 when it is empty. */
  readonly nextAnswers: number[] = [];
  readonly #firstOf = new Map<string, string>();
  #waiting: { enough: () => boolean; go: () => void }[] = [];

  constructor(private readonly appSecret: string) {}

  readonly #server = createServer((request, response) => {
    void readAll(request).then((raw) => {
      const [status, answer] = request.url?.endsWith('/orders')
        ? this.#onOrder(raw, request)
        : this.#onReceipts(raw, request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      this.#wake();
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  statuses(phone?: string): ReceivedStatus[] {
    const all = this.bodies.flatMap(({ statuses }) => statuses);
    return phone === undefined ? all : all.filter(({ recipient_id }) => recipient_id === phone);
  }

  /** Resolves when this many statuses of the phone have come. */
  async received(phone: string, count: number): Promise<ReceivedStatus[]> {
    await this.until(() => this.statuses(phone).length >= count);
    return this.statuses(phone);
  }

  until(enough: () => boolean): Promise<void> {
    if (enough()) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ enough, go }));
  }

  #wake(): void {
    for (const { enough, go } of this.#waiting) if (enough()) go();
    this.#waiting = this.#waiting.filter(({ enough }) => !enough());
  }

  #onReceipts(raw: Buffer, request: IncomingMessage): [number, unknown] {
    const expected = `sha256=${createHmac('sha256', this.appSecret).update(raw).digest('hex')}`;
    const { entry } = JSON.parse(raw.toString('utf8')) as {
      entry: { changes: { value: { statuses: ReceivedStatus[] } }[] }[];
    };
    const answer = this.nextAnswers.shift() ?? 200;
    const statuses = entry.flatMap(({ changes }) => changes.flatMap(({ value }) => value.statuses));
    this.bodies.push({ signatureValid: request.headers['x-hub-signature-256'] === expected, statuses });
    return [answer, {}];
  }

  #onOrder(raw: Buffer, request: IncomingMessage): [number, unknown] {
    const text = raw.toString('utf8');
    const { form, order } = JSON.parse(text) as {
      form: { client: { email: string; whatsappAlertsEnabled?: boolean } };
      order: { id: string };
    };
    const { email, whatsappAlertsEnabled: consent } = form.client;
    this.orders.push({ apiKey: request.headers['x-api-key']?.toString(), id: order.id, email, consent });
    return [200, { success: true, data: { orderId: order.id, status: this.#judge(order.id, text) } }];
  }

  #judge(id: string, text: string): string {
    if (id.endsWith('-TEST')) return 'skipped';
    const first = this.#firstOf.get(id);
    if (first === undefined) this.#firstOf.set(id, text);
    if (first === undefined) return 'accepted';
    return first === text ? 'duplicate' : 'changed';
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
