import { z } from 'zod';
import { flag, integer, json, text, url } from '../variable.js';

/** Custom fields of the CBB account, name to numeric id; another account has other ids. */
const defaultFieldIds: Readonly<Record<string, number>> = {
  Email: -12,
  customer_name: 779770,
  visa_country: 877737,
  visa_type: 527249,
  visa_quantity: 949873,
  visa_intent: 837162,
  visa_entries: 863041,
  visa_validity: 816014,
  visa_flag: 824812,
  stay_limit: 189039,
  OrderNumber: 459752,
  order_urgent: 763048,
  order_date: 661549,
  order_days: 271948,
  order_sum_ils: 358366,
  order_date_time: 100644,
  wa_alerts: 662459,
};

/** A field without an id could be written once, with its contact, and never again. */
const fieldIds = z
  .record(z.string(), z.number().int())
  .transform((given): Readonly<Record<string, number>> => ({ ...defaultFieldIds, ...given }));

const vendorUrl = 'https://app.chatgptbuilder.io/api';

/** Whether there is an account to call: a token, or a server of one's own that may need none. */
export function isCbbConfigured(config: {
  readonly url: string;
  readonly apiKey: string | undefined;
}): boolean {
  return config.apiKey !== undefined || config.url !== vendorUrl;
}

export const cbb = {
  url: url('CBB_API_URL', ['http:', 'https:'], {
    default: vendorUrl,
    meaning: 'base URL of the CBB API',
  }),
  apiKey: text('CBB_API_KEY', {
    meaning:
      'CBB account token (X-ACCESS-TOKEN); without it the vendor is not called and effects are skipped',
  }),
  timeoutMs: integer('CBB_TIMEOUT', {
    default: 30_000,
    min: 100,
    max: 120_000,
    meaning: 'milliseconds until a call counts as unanswered',
  }),
  rateLimit: integer('CBB_RATE_LIMIT', {
    default: 10,
    min: 0,
    max: 10_000,
    meaning: 'calls per second over all workers; 0 = no limit',
  }),
  fieldIds: json('CBB_FIELD_IDS', fieldIds, {
    default: defaultFieldIds,
    meaning:
      'custom-field ids of the account as JSON, name to id; a field that is not named keeps its default',
  }),
  enabled: flag('CBB_SYNC_ENABLED', {
    default: true,
    meaning: 'false = effects at CBB are recorded as skipped',
  }),
  dryRun: flag('CBB_SYNC_DRY_RUN', {
    default: false,
    meaning: 'true = effects are recorded, nobody is called',
  }),
} as const;
