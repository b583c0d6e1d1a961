import { integer, text, url } from '../variable.js';

/** Mails to people who sign in, through Resend. */
export const mail = {
  url: url('RESEND_API_URL', ['http:', 'https:'], {
    default: 'https://api.resend.com',
    meaning: 'base URL of the Resend API',
  }),
  apiKey: text('RESEND_API_KEY', { meaning: 'Resend API key; unset = the send-e-mail hook is closed' }),
  from: text('RESEND_FROM_EMAIL', {
    default: 'VisAPI <noreply@visanet.app>',
    meaning: 'sender of mails about signing in',
  }),
  timeoutMs: integer('RESEND_TIMEOUT', {
    default: 4_000,
    min: 100,
    max: 30_000,
    meaning: 'milliseconds until a call counts as unanswered; Supabase waits 5 s for its hook',
  }),
} as const;
