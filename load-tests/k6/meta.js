// @ts-check
import { hmac } from 'k6/crypto';
import { readHome } from './system.js';

/** What Meta signs with: set for `npm start`, else made by it. */
const appSecret = __ENV.WABA_APP_SECRET || readHome('secrets.json').wabaAppSecret;

/**
 * One webhook body of Meta with these statuses, and its signature.
 * @param {{ wamid: string, phone: string, status: 'sent' | 'delivered' | 'read' }[]} receipts
 */
export function signed(receipts) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const statuses = receipts.map(({ wamid, phone, status }) => ({
    id: wamid,
    status,
    timestamp,
    recipient_id: phone,
    conversation: { id: `conv.${wamid}`, origin: { type: 'utility' } },
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' },
  }));
  const metadata = { display_phone_number: '972700000000', phone_number_id: '100000000000001' };
  const value = { messaging_product: 'whatsapp', metadata, statuses };
  const entry = [{ id: '200000000000001', changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const signature = `sha256=${hmac('sha256', appSecret, body, 'hex')}`;
  return { body, headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': signature } };
}
