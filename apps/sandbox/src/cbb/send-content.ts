import type { TakenMessage } from '../recording/send-counts.js';
import { readTemplateMessage } from '../meta/template-check.js';
import type { WhatsAppNumber } from '../meta/whatsapp-number.js';
import { done, fieldsOf, listOf, type VendorAnswer, type VendorCall } from '../vendor.js';
import { businessFailure } from './contact-routes.js';

/** Sends the first message; whatever the caller put into `biz_opaque_callback_data` is replaced, and no id comes back. */
export function sendContent(number: WhatsAppNumber, call: VendorCall): VendorAnswer {
  const phone = (call.params['id'] ?? '').replace(/^\+/, '');
  if (!/^\d{7,15}$/.test(phone)) return businessFailure('Contact not found');
  const message = fieldsOf(listOf(fieldsOf(call.json())['messages'])[0]);
  const read = readTemplateMessage(message);
  if ('problem' in read) return businessFailure(`(#${read.problem.code}) ${read.problem.message}`);
  const taken: TakenMessage = { phone, ...read };
  number.take(taken, { callbackData: JSON.stringify({ c: phone }), receipts: call.receipts() });
  return done({ success: true });
}
