import { createHmac } from 'node:crypto';
import type { ReceiptStatus } from './receipt-plan.js';

export interface Receipt {
  readonly wamid: string;
  readonly phone: string;
  readonly status: ReceiptStatus;
  readonly happenedAt: number;
  readonly callbackData: string | undefined;
  /** Of a failed one: Meta's code for why. */
  readonly errorCode?: number | undefined;
}

const displayPhoneNumber = '972700000000';
const errorTitles: Readonly<Record<number, string>> = {
  131026: 'Message undeliverable',
  131047: 'Re-engagement message',
};

/** The body of one webhook call with several statuses (domain.md A.4, 5.5). */
export function receiptBody(
  receipts: readonly Receipt[],
  account: { businessId: string; phoneNumberId: string },
): Buffer {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: displayPhoneNumber, phone_number_id: account.phoneNumberId },
    statuses: receipts.map(statusOf),
  };
  const entry = [{ id: account.businessId, changes: [{ value, field: 'messages' }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
}

/** `X-Hub-Signature-256` over the raw bytes. */
export function signature(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

function statusOf(receipt: Receipt): Record<string, unknown> {
  const { wamid, phone, status, happenedAt, callbackData, errorCode } = receipt;
  return {
    id: wamid,
    status,
    timestamp: String(Math.floor(happenedAt / 1000)),
    recipient_id: phone,
    // Meta tells the price with the first receipts, not with `read`.
    ...((status === 'sent' || status === 'delivered') && {
      conversation: { id: `conv.${wamid.slice(-12)}`, origin: { type: 'utility' } },
      pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' },
    }),
    ...(errorCode !== undefined && { errors: [errorOf(errorCode)] }),
    ...(callbackData !== undefined && { biz_opaque_callback_data: callbackData }),
  };
}

function errorOf(code: number): Record<string, unknown> {
  const title = errorTitles[code] ?? 'Something went wrong';
  return { code, title, message: title, error_data: { details: title } };
}
