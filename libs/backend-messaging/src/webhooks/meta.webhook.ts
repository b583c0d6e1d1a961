import type { WabaConfig } from '@visapi/backend-config';
import { defineWebhook, verifySha256Signature, type WebhookDefinition } from '@visapi/backend-webhooks';

/**
 * Receipts from Meta. Anything but a quick 200 is repeated for up to seven days with the whole body, so bodies are kept
 * first and read later. Meta was once configured with either path.
 */
export function metaReceipts(config: WabaConfig): WebhookDefinition {
  return defineWebhook({
    source: 'meta',
    kind: 'receipt',
    paths: ['whatsapp', 'meta'],
    auth: {
      scheme: 'signature',
      header: 'x-hub-signature-256',
      verify: (body, signature) => verifySha256Signature(config.appSecret, body, signature),
    },
    classify: () => ({ verdict: 'usable', orderId: null }),
  });
}
