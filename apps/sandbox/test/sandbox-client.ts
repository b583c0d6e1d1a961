import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox } from '../src/sandbox.js';
import { BackendDouble } from './backend-double.js';

const appSecret = 'test-app-secret';
export const phoneNumberId = '1000000000000002';
export const businessId = '1000000000000001';
export const viziApiKey = 'vizi.secret';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; a test that reads it expects JSON. */
  readonly json: () => Record<string, unknown>;
}

/** A sandbox on a free port, its backend replaced, and the calls tests make. */
export class SandboxClient {
  private constructor(
    readonly backend: BackendDouble,
    private readonly sandbox: Sandbox,
    readonly url: string,
  ) {}

  static async start(): Promise<SandboxClient> {
    const backend = new BackendDouble(appSecret);
    const sandbox = createSandbox({
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
      backendUrl: await backend.start(),
      viziApiKey,
      appSecret,
      phoneNumberId,
      businessId,
      receiptDelaysMs: [5, 30, 60],
    });
    await sandbox.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = sandbox.app.server.address() as AddressInfo;
    return new SandboxClient(backend, sandbox, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    await this.backend.stop();
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'x-access-token': 'token',
        authorization: 'Bearer token',
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  fault(fault: Record<string, unknown>): Promise<Answer> {
    return this.post('/_control/faults', fault);
  }

  /** Sends an order confirmation through CBB. */
  confirm(phone: string, parameters: readonly string[] = confirmation('IL260105IN10')): Promise<Answer> {
    const messages = [{ ...templateMessage(phone, parameters), biz_opaque_callback_data: 'mine' }];
    return this.post(`/cbb/contacts/${phone}/send_content`, { messages });
  }

  async calls(query = ''): Promise<Record<string, unknown>[]> {
    const answer = await this.get(`/_control/calls${query}`);
    return answer.json() as unknown as Record<string, unknown>[];
  }
}

/** The eight parameters of the order confirmation. */
export function confirmation(orderId: string): string[] {
  return ['דנה', 'הודו', '🇮🇳', orderId, 'תיירות, רב פעמית, לשנה', '2', '498', '3'];
}

export interface TemplateDocument {
  readonly link?: string;
  readonly filename?: string;
}

export function templateMessage(
  to: string,
  parameters: readonly string[],
  name = 'order_confirmation_global',
  document?: TemplateDocument,
) {
  const body = { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) };
  const header = { type: 'header', parameters: [{ type: 'document', document }] };
  const components = document === undefined ? [body] : [header, body];
  const template = { name, language: { code: 'he' }, components };
  return { messaging_product: 'whatsapp', recipient_type: 'individual', to, type: 'template', template };
}
