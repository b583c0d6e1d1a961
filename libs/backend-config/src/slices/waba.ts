import { secret } from '../variable.js';

/** WhatsApp Business Account at Meta. Receipts need the app secret; without it their route refuses everything. */
export const waba = {
  appSecret: secret('WABA_APP_SECRET', {
    atLeast: 16,
    meaning: 'Meta app secret that signs webhooks; unset = receipts are refused',
  }),
  verifyToken: secret('WABA_VERIFY_TOKEN', {
    atLeast: 16,
    meaning: 'token of Meta’s webhook subscription challenge',
  }),
} as const;
