import type { NewReceipt } from '@visapi/backend-repositories/messaging';
import { z } from 'zod';

const kept = ['sent', 'delivered', 'read', 'failed'];

/**
 * Postgres holds neither NUL nor half characters, in text or in jsonb, and what is nested without end cannot even be
 * written as JSON; one such value must not stop its neighbours.
 */
function isStorable(value: unknown): boolean {
  try {
    return !/\\u(0000|d[89a-f])/.test(JSON.stringify(value));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
const text = (longest: number) => z.string().max(longest).refine(isStorable);

/** A status of Meta's webhook. Only what is needed is demanded; everything else may be missing or new. */
const status = z.object({
  id: text(500).min(1),
  status: z.string(),
  timestamp: z
    .union([z.string().regex(/^\d{1,12}$/), z.number().int().min(0).max(999_999_999_999)])
    .transform(Number),
  recipient_id: z.string().max(100).catch(''),
  biz_opaque_callback_data: text(2_000).nullable().catch(null),
  errors: z.array(z.object({ code: z.union([z.number(), text(50)]) })).catch([]),
  pricing: z.record(z.string(), z.unknown()).refine(isStorable).optional().catch(undefined),
});

const change = z.object({
  field: z.string().catch(''),
  value: z.object({
    metadata: z
      .object({ phone_number_id: text(100) })
      .nullable()
      .catch(null),
    statuses: z.array(z.unknown()).catch([]),
  }),
});

const body = z.object({
  entry: z.array(z.object({ changes: z.array(z.unknown()).catch([]) }).catch({ changes: [] })).catch([]),
});

/**
 * All receipts of a webhook body: it may hold many entries, changes and statuses. What is no status of a message is
 * passed over; `unreadable` counts statuses that could not be read.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
 */
export function readReceipts(json: unknown): { receipts: NewReceipt[]; unreadable: number } {
  const changes = (body.safeParse(json).data?.entry ?? []).flatMap((entry) => entry.changes);
  const statuses = changes.flatMap((raw) => statusesOf(raw));
  const readable = statuses.flatMap(({ item, phoneNumberId }) => {
    const { data } = status.safeParse(item);
    return data ? [toReceipt(data, phoneNumberId)] : [];
  });
  const receipts = readable.filter((receipt) => kept.includes(receipt.status));
  return { receipts, unreadable: statuses.length - readable.length };
}

function statusesOf(raw: unknown): { item: unknown; phoneNumberId: string | null }[] {
  const { data } = change.safeParse(raw);
  const phoneNumberId = data?.value.metadata?.phone_number_id ?? null;
  return (data?.value.statuses ?? []).map((item) => ({ item, phoneNumberId }));
}

function toReceipt(data: z.infer<typeof status>, phoneNumberId: string | null): NewReceipt {
  const code = data.errors[0]?.code;
  return {
    providerMessageId: data.id,
    status: data.status,
    occurredAt: new Date(data.timestamp * 1000),
    recipient: recipientOf(data),
    phoneNumberId,
    callbackData: data.biz_opaque_callback_data,
    errorCode: code === undefined ? null : String(code),
    pricing: data.pricing,
  };
}

/** Digits of the phone; the CRM's own callback data, `{"c":"<digits>"}`, names it too. */
function recipientOf(data: z.infer<typeof status>): string {
  const digits = data.recipient_id.replace(/\D/g, '');
  if (digits !== '') return digits;
  return /^\{"c":"(\d+)"\}$/.exec(data.biz_opaque_callback_data ?? '')?.[1] ?? '';
}
