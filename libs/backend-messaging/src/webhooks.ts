import type { WabaConfig } from '@visapi/backend-config';
import type { WebhookDefinition } from '@visapi/backend-webhooks';
import { metaReceipts } from './webhooks/meta.webhook.js';

/** Who may send receipts, and how. */
export function messagingWebhooks(config: WabaConfig): readonly WebhookDefinition[] {
  return [metaReceipts(config)];
}
