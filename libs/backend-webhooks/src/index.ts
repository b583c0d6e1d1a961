export { defineWebhook } from './define-webhook.js';
export type { Classified, WebhookDefinition } from './define-webhook.js';
export { ReceiveDelivery, storeBody } from './commands/receive-delivery.command.js';
export type {
  ReceivedRequest,
  ReceiveDeliveryResult,
  StoreBodyResult,
} from './commands/receive-delivery.command.js';
export { Inbox } from './inbox/inbox.js';
export { verifySha256Signature } from './verification/hmac.js';
export { InboxModule } from './inbox.module.js';
