export { WebhooksHttpModule } from './http/webhooks-http.module.js';
