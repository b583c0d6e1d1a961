import { integer, text, url } from '../variable.js';

const vendorUrl = 'https://api.airtable.com';

/** Whether there is a base to ask: an account (a key, or a server of one's own that may need none) and its orders. */
export function isAirtableConfigured(config: {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly baseId: string | undefined;
  readonly ordersTableId: string | undefined;
}): boolean {
  const account = config.apiKey !== undefined || config.url !== vendorUrl;
  return account && config.baseId !== undefined && config.ordersTableId !== undefined;
}

/** Where the staff handle orders. All optional: what is not set is off. */
export const airtable = {
  url: url('AIRTABLE_API_URL', ['http:', 'https:'], {
    default: vendorUrl,
    meaning: 'base URL of the Airtable API, without /v0',
  }),
  apiKey: text('AIRTABLE_API_KEY', {
    meaning: 'Airtable personal access token that may read records; without it Airtable is not asked',
  }),
  baseId: text('AIRTABLE_BASE_ID', {
    meaning: 'base that holds the orders (app...); unset = Airtable is not asked',
  }),
  ordersTableId: text('AIRTABLE_TABLE_ID', {
    meaning: 'table of the orders (tbl...); unset = Airtable is not asked',
  }),
  completedViewId: text('AIRTABLE_VIEW_ID', {
    meaning: 'view of the completed orders (viw...); unset = finished orders are not looked for',
  }),
  applicationsTableId: text('AIRTABLE_APPLICATIONS_TABLE_ID', {
    meaning:
      'table that orders link their applications to (tbl...); unset = finished orders are not looked for',
  }),
  timeoutMs: integer('AIRTABLE_TIMEOUT', {
    default: 15_000,
    min: 100,
    max: 120_000,
    meaning: 'milliseconds until a call counts as unanswered',
  }),
  pollSeconds: integer('AIRTABLE_POLL_SECONDS', {
    default: 600,
    min: 0,
    max: 86_400,
    meaning: 'seconds between two looks at the completed view; 0 = never',
  }),
  notifyWithinHours: integer('VISA_NOTIFY_WITHIN_HOURS', {
    default: 168,
    min: 1,
    max: 8_760,
    meaning:
      'hours after an order was completed within which its visas are sent by themselves; later they wait for an operator',
  }),
  messageDelayMs: integer('WHATSAPP_MESSAGE_DELAY_MS', {
    default: 0,
    min: 0,
    max: 3_600_000,
    meaning: 'milliseconds between the visa messages of one order; 0 = none',
  }),
} as const;
