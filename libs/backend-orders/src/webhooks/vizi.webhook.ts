import { isTestOrder, orderIdSchema } from '@visapi/backend-kernel';
import { type Classified, defineWebhook } from '@visapi/backend-webhooks';
import { isObject, objectAt } from '../read-field.js';
import { orderBody, orderExample } from './vizi-order.schemas.js';

/**
 * Paid orders from the shop. Vizi is not known to repeat a failed delivery, so everything that names an order is kept;
 * operators repeat by hand, so repeats are harmless.
 */
export const viziOrders = defineWebhook({
  source: 'vizi',
  kind: 'order',
  paths: ['vizi/orders'],
  docs: {
    'vizi/orders': {
      operation: 'receiveOrder',
      summary: 'A paid order of the shop',
      description:
        '200 means: kept. The same bytes again are counted (`duplicate`), new ones of the same order applied (`changed`). Send again whatever got no 200.',
      errors: ['UNPROCESSABLE'],
      body: orderBody,
      example: { body: orderExample },
    },
  },
  auth: { scheme: 'api-key', scopes: ['webhook:vizi'] },
  classify,
});

/** Enough to own it: an order id and a form. Everything else is interpreted later, and again if need be. */
function classify(body: Readonly<Record<string, unknown>>): Classified {
  const id = orderIdSchema.safeParse(objectAt(body, 'order')['id']);
  const problems = [];
  if (!isObject(body['order'])) problems.push({ path: 'order', message: 'must be an object with the order' });
  else if (!id.success)
    problems.push({ path: 'order.id', message: id.error.issues[0]?.message ?? 'is not usable' });
  if (!isObject(body['form'])) problems.push({ path: 'form', message: 'must be an object with the form' });
  const orderId = id.success ? id.data : null;
  if (problems.length > 0) return { verdict: 'rejected', orderId, problems };
  return { verdict: orderId !== null && isTestOrder(orderId) ? 'skipped' : 'usable', orderId };
}
