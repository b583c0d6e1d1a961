import { z } from 'zod';

export const vendors = ['cbb', 'meta', 'airtable', 'slack', 'resend', 'zapier'] as const;
export type Vendor = (typeof vendors)[number];

const callModes = [
  'error-5xx',
  'rate-limited',
  'timeout-after-accept',
  'refuse',
  'slow',
  'slow-after-accept',
  'success-false',
  'malformed',
  'empty-contact',
] as const;
const receiptModes = [
  'receipts-out-of-order',
  'receipts-duplicated',
  'receipts-lost',
  'receipts-failed',
  'receipts-batched',
] as const;

/** What happens to the call itself. */
export type CallMode = (typeof callModes)[number];
/** What happens to the receipts of a message that was accepted. */
export type ReceiptMode = (typeof receiptModes)[number];

export const faultSchema = z.strictObject({
  vendor: z.enum(vendors),
  /** Part of "METHOD path", e.g. "POST /contacts" or "send_content"; without it every call of the vendor. */
  match: z.string().optional(),
  mode: z.enum([...callModes, ...receiptModes]),
  /** Probability per matching call. */
  rate: z.number().min(0).max(1).default(1),
  /** How often at most. */
  times: z.number().int().positive().optional(),
  delayMs: z.number().int().min(0).max(600_000).optional(),
});
export type Fault = z.infer<typeof faultSchema>;

export function isReceiptMode(mode: Fault['mode']): mode is ReceiptMode {
  return (receiptModes as readonly string[]).includes(mode);
}
