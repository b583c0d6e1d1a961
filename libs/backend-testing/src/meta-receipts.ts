import { createHmac } from 'node:crypto';

export interface TestStatus {
  readonly id: string;
  readonly status: string;
  /** When Meta says it happened. */
  readonly at: Date;
  /** Digits. */
  readonly phone: string;
  readonly errorCode?: number;
  readonly callbackData?: string;
}

/** A webhook body of Meta with one change that holds these statuses, in this order. */
export function metaBody(statuses: readonly TestStatus[]): object {
  const metadata = { display_phone_number: '972700000000', phone_number_id: '1000000000000002' };
  const value = { messaging_product: 'whatsapp', metadata, statuses: statuses.map(toStatus) };
  const entry = { id: '1000000000000001', changes: [{ field: 'messages', value }] };
  return { object: 'whatsapp_business_account', entry: [entry] };
}

/** The signature header of a body, as Meta computes it with the app secret. */
export function metaSignature(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function toStatus({ id, status, at, phone, errorCode, callbackData }: TestStatus): object {
  return {
    id,
    status,
    timestamp: String(Math.floor(at.getTime() / 1000)),
    recipient_id: phone,
    conversation: { id: 'conv0001', origin: { type: 'utility' } },
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' },
    biz_opaque_callback_data: callbackData ?? `{"c":"${phone}"}`,
    ...(errorCode === undefined ? {} : { errors: [{ code: errorCode, title: 'invented' }] }),
  };
}
