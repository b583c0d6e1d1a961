import { newId } from '@visapi/backend-kernel';
import {
  createOrders,
  importOrder,
  isOrderIdKnown,
  markProcessed,
  newestOrderOfPhone,
  type OrderContent,
  OrdersRepository,
  readOrderRow,
  readSteps,
  storedMessages,
  storeImportedDelivery,
  TimelineRepository,
} from '../orders/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, operator } from './query.js';
import { newEffect, newEvent, newMessage, type Samples } from './samples.js';

const content: OrderContent = {
  branch: 'il',
  amount: '498',
  currency: 'ILS',
  orderStatus: 'active',
  clientName: 'דנה לדוגמה',
  clientEmail: 'dana.example@example.test',
  clientPhone: phoneOf(1),
  whatsappAlertsEnabled: true,
  productCountry: 'india',
  isUrgent: false,
  applicants: Buffer.from('[]'),
  details: Buffer.from('{}'),
  warnings: [],
};

export function ordersQueries(samples: Samples): CataloguedQuery[] {
  const orders = new OrdersRepository();
  const orderId = orderIdOf(samples.changed);
  const demand = { state: 'skipped', reason: 'canceled', phone: phoneOf(samples.changed) } as const;
  const messageId = idOf('message', samples.changed);
  const words = { effectId: messageId, parameters: Buffer.from('[]') };
  const change = {
    orderId,
    content,
    appliedPosition: 1,
    contact: newEffect('contact', samples.changed),
    confirmation: { ...demand, parameters: Buffer.from('[]') },
    notices: demand,
    applicantIds: ['A1-1'],
    review: ['amount'],
    event: newEvent(orderId, 9),
  };
  return [
    hot('OrdersRepository.lock', (db) => orders.lock(db, orderId), {
      reads: ['effects_order_id_idx', 'orders_pkey'],
    }),
    hot('OrdersRepository.applyChange', (db) => orders.applyChange(db, change), {
      // The row and its details are hit, a contact is planned, a confirmation follows, notices do, words are sealed anew.
      answers: [[{ orderId }], [{ orderId }], [], [{ id: messageId }], [], [], [words]],
      reads: ['orders_pkey', 'effects_order_id_idx', 'messages_pkey', 'order_applicants_pkey'],
    }),
    hot('OrdersRepository.exists', (db) => orders.exists(db, { orderId })),
    operator('OrdersRepository.update', (db) => orders.update(db, orderId, { review: ['amount'] })),
    hot('OrdersRepository.correctedFields', (db) => orders.correctedFields(db, orderId), {
      reads: ['events_aggregate_version_key'],
    }),
    ...standings(samples),
    ...beginnings(samples),
    ...looks(samples),
  ];
}

function standings({ done, uncertain }: Samples): CataloguedQuery[] {
  const ids = [orderIdOf(done), orderIdOf(uncertain)];
  const standing = {
    processed: true,
    cbbSynced: true,
    whatsappConfirmationSent: true,
    correlationId: 'sample',
  };
  const orders = ids.map((orderId) => ({ ...standing, orderId }));
  return [
    hot('readSteps', (db) => readSteps(db, ids, { locked: true }), {
      reads: ['effects_order_id_idx', 'orders_pkey'],
    }),
    hot('markProcessed', (db) => markProcessed(db, orders), { reads: ['orders_pkey'] }),
  ];
}

/** An order that is not there yet, under an id of its own. */
function newOrder(orderId: string, samples: Samples) {
  const contact = { ...newEffect('contact', samples.done), orderId };
  const message = { ...newEffect('message', samples.done), orderId, purpose: 'confirmation' };
  const words = { ...newMessage(samples.done, message.id), orderId };
  const order = { ...content, orderId, deliveryId: newId(), firstReceivedAt: samples.now };
  return { order, contact, message, words, event: newEvent(orderId, 1) };
}

function beginnings(samples: Samples): CataloguedQuery[] {
  const made = newOrder('ILSAMPLE', samples);
  const created = {
    order: { ...made.order, deliveryPosition: 1, appliedPosition: 1, eventVersion: 1 },
    effects: [made.contact, made.message],
    message: made.words,
    applicantIds: ['A1-1'],
    event: made.event,
    deliveryIds: [idOf('delivery', samples.open)],
  };
  const imported = {
    order: made.order,
    contact: made.contact,
    messages: [{ effect: made.message, message: made.words }],
    applicantIds: ['A1-1'],
    events: [made.event],
  };
  const body = Buffer.from('{}');
  const delivery = {
    id: newId(),
    orderId: 'ILSAMPLE',
    bodyHash: Buffer.alloc(32),
    body,
    correlationId: 'sample',
  };
  return [
    hot('createOrders', (db) => createOrders(db, [created]), { reads: ['deliveries_pkey'] }),
    operator('isOrderIdKnown', (db) => isOrderIdKnown(db, orderIdOf(samples.done))),
    operator('storeImportedDelivery', (db) =>
      storeImportedDelivery(db, { ...delivery, receivedAt: samples.now }),
    ),
    operator('importOrder', (db) => importOrder(db, imported, 1)),
  ];
}

function looks({ done }: Samples): CataloguedQuery[] {
  const orderId = orderIdOf(done);
  return [
    operator('readOrderRow', (db) => readOrderRow(db, orderId)),
    operator('newestOrderOfPhone', (db) => newestOrderOfPhone(db, phoneOf(done)), {
      reads: ['orders_client_phone_idx'],
    }),
    operator('storedMessages', (db) => storedMessages(db, orderId, 'issues_found')),
    operator('TimelineRepository.messages', (db) => new TimelineRepository().messages(db, orderId)),
  ];
}
