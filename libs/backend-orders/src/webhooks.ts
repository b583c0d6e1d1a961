import type { WebhookDefinition } from '@visapi/backend-webhooks';
import { viziOrders } from './webhooks/vizi.webhook.js';

/** Who may send orders, and how. */
export const ordersWebhooks: readonly WebhookDefinition[] = [viziOrders];
