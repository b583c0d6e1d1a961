export { MessagingHttpModule } from './http/messaging-http.module.js';
export { messagingWebhooks } from './webhooks.js';
