import type { WabaConfig } from '@visapi/backend-config';
import { defineWebhook, verifySha256Signature, type WebhookDefinition } from '@visapi/backend-webhooks';
import { z } from 'zod';

/**
 * Receipts from Meta. Anything but a quick 200 is repeated for up to seven days with the whole body, so bodies are kept
 * first and read later. Meta was once configured with either path.
 */
export function metaReceipts(config: WabaConfig): WebhookDefinition {
  return defineWebhook({
    source: 'meta',
    kind: 'receipt',
    paths: ['whatsapp', 'meta'],
    docs: { whatsapp: docsOf('receiveWhatsappReceipts'), meta: docsOf('receiveMetaReceipts') },
    auth: {
      scheme: 'signature',
      header: 'x-hub-signature-256',
      verify: (body, signature) => verifySha256Signature(config.appSecret, body, signature),
    },
    classify: () => ({ verdict: 'usable', orderId: null }),
  });
}

function docsOf(operation: string) {
  return {
    operation,
    summary: 'Receipts of messages, from Meta',
    description: 'Signed over its bytes: `X-Hub-Signature-256`.',
    body: z.looseObject({ object: z.string(), entry: z.array(z.looseObject({ id: z.string() })) }),
    example: { body: { object: 'whatsapp_business_account', entry: [] } },
  };
}
