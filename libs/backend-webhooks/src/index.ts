export { defineWebhook } from './define-webhook.js';
export type { Classified, WebhookDefinition } from './define-webhook.js';
export { ReceiveDelivery } from './commands/receive-delivery.command.js';
export type { ReceiveDeliveryResult } from './commands/receive-delivery.command.js';
export { verifySha256Signature } from './verification/hmac.js';
export { InboxModule } from './inbox.module.js';
