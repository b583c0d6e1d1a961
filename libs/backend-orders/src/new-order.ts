import type { OpenDelivery } from '@visapi/backend-repositories/inbox';
import type { NewOrder } from '@visapi/backend-repositories/orders';
import { decideConfirmation, decideContact } from './confirmation.js';
import { messageOf, newConfirmation, newContact } from './effects.js';
import { applicantIds } from './interpretation/applicant-ids.js';
import { readOrder } from './order.js';
import { bodyOf } from './replay.js';

/** An order as its first delivery says it, with what it owes. @throws when the body cannot be read */
export function newOrder(delivery: OpenDelivery, orderId: string): NewOrder {
  const content = readOrder(bodyOf(delivery), orderId);
  const contact = newContact(decideContact(content), orderId, 1, delivery.correlationId);
  const confirmation = decideConfirmation(content, orderId);
  const message = newConfirmation(confirmation, orderId, delivery.correlationId);
  return {
    order: {
      ...content,
      orderId,
      deliveryId: delivery.id,
      deliveryPosition: delivery.position,
      appliedPosition: delivery.position,
      eventVersion: 1,
      firstReceivedAt: delivery.receivedAt,
    },
    effects: [contact, message],
    message: messageOf(message.id, orderId, confirmation),
    applicantIds: applicantIds(content.applicants),
    event: {
      type: 'order.created',
      aggregateType: 'order',
      aggregateId: orderId,
      aggregateVersion: 1,
      actor: delivery.actor ?? `source:${delivery.source}`,
      correlationId: delivery.correlationId,
      payload: {
        deliveryId: delivery.id,
        branch: content.branch,
        contactEffectId: contact.state === 'planned' ? contact.id : null,
        warnings: content.warnings as string[],
      },
    },
    deliveryIds: [delivery.id],
  };
}
