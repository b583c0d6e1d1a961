import type { MailConfig } from '@visapi/backend-config';
import type { RateGate } from '../rate-gate.js';
import { type CallOptions, readJson, VendorConnection } from '../vendor-connection.js';
import { VendorError } from '../vendor-error.js';
import { refusal, sentMail } from './schemas.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** What is sent with the same key within a day is sent once. */
  readonly key: string;
}

/** Mails that people wait for. Errors are `VendorError`s; no call is repeated. */
export abstract class MailClient {
  /** Why nothing may be sent by this process's settings; undefined when it may. */
  abstract readonly withheld: 'not-configured' | undefined;
  abstract send(mail: Mail, options: CallOptions): Promise<{ readonly id: string }>;
}

const largestAnswer = 64 * 1024;
const connections = 4;

/**
 * Resend over HTTP. https://resend.com/docs/api-reference/emails/send-email
 *
 * | Ends as                                                   | Kind          |
 * | --------------------------------------------------------- | ------------- |
 * | no connection, 429, 409 (the same key is being worked on) | `unavailable` |
 * | time-out, reset, 5xx, not JSON: the key makes it harmless | `unavailable` |
 * | 401, 403: the key is refused                               | `unavailable` |
 * | other 4xx                                                  | `rejected`    |
 * | JSON of another shape                                      | `unexpected`  |
 */
export class HttpMailClient extends MailClient {
  readonly withheld: MailClient['withheld'];
  private readonly connection: VendorConnection;

  constructor(
    private readonly config: MailConfig,
    gate: RateGate,
  ) {
    super();
    const { url, timeoutMs, apiKey } = config;
    this.withheld = apiKey === undefined ? 'not-configured' : undefined;
    this.connection = new VendorConnection('resend', { url, timeoutMs, connections, largestAnswer }, gate);
  }

  async send({ to, subject, text, key }: Mail, options: CallOptions): Promise<{ readonly id: string }> {
    const request = {
      method: 'POST',
      path: '/emails',
      headers: {
        authorization: `Bearer ${this.config.apiKey ?? ''}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ from: this.config.from, to: [to], subject, text }),
    } as const;
    const { status, text: answer } = await this.connection.send(request, options).catch(unanswered);
    if (status >= 400) throw refused(status, answer);
    const body = readJson(answer);
    if (!body) throw new VendorError('resend', 'unavailable', 'unreadable-answer', { status });
    const parsed = sentMail.safeParse(body.value);
    if (!parsed.success) throw new VendorError('resend', 'unexpected', 'unexpected-shape', { status });
    return parsed.data;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

function unanswered(error: unknown): never {
  if (!(error instanceof VendorError) || error.kind !== 'unknown') throw error;
  throw new VendorError('resend', 'unavailable', error.reason, { cause: error });
}

const mayPass = [401, 403, 409, 429];

/** Resend's own word for it ("validation_error") tells whoever mends the settings which one is wrong. */
function refused(status: number, text: string): VendorError {
  const word = refusal.safeParse(readJson(text)?.value).data?.name ?? '';
  const named = /^[a-z_]{3,60}$/.test(word) ? ` ${word.replaceAll('_', '-')}` : '';
  const kind = status >= 500 || mayPass.includes(status) ? 'unavailable' : 'rejected';
  return new VendorError('resend', kind, `http-${status}${named}`, { status });
}
