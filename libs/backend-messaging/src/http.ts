export { MessagingHttpModule } from './http/messaging-http.module.js';
export { metaReceipts } from './webhooks/meta.webhook.js';
