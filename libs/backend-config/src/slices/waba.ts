import { text } from '../variable.js';

/** WhatsApp Business Account at Meta. Receipts need the app secret; without it their route refuses everything. */
export const waba = {
  appSecret: text('WABA_APP_SECRET', {
    meaning: 'Meta app secret that signs webhooks; unset = receipts are refused',
  }),
  verifyToken: text('WABA_VERIFY_TOKEN', { meaning: 'token of Meta’s webhook subscription challenge' }),
} as const;
