import { newId } from '@visapi/backend-kernel';
import { createOrders, type NewOrder } from '@visapi/backend-repositories/orders';
import type { TestDatabase } from './test-database.js';

export interface PlantedOrder {
  readonly orderId: string;
  readonly contactId: string;
  readonly messageId: string;
  /** E.164. */
  readonly phone: string;
}

export interface Planting {
  readonly phone?: string;
  /** State of the contact effect; accepted unless said otherwise. */
  readonly contact?: 'planned' | 'accepted' | 'failed';
  readonly parameters?: readonly string[];
  /** As orders hold them; none unless said otherwise. */
  readonly applicants?: readonly (object & { readonly id: string })[];
}

const eight = ['דנה לדוגמה', 'הודו', '🇮🇳', 'IL260105IN10', 'תיירות, רב פעמית, לשנה', '2', '498', '3'];
const confirmation = { template: 'order_confirmation_global', language: 'he' };
let planted = 0;

/**
 * An interpreted order of branch il with its contact and its planned confirmation, for tests that begin there. Each has
 * an order id and, unless one is given, a phone of its own.
 */
export async function plantOrder(test: TestDatabase, planting: Planting = {}): Promise<PlantedOrder> {
  planted += 1;
  const phone = planting.phone ?? `+97250${String(1_000_000 + planted)}`;
  const order = { orderId: `IL260105IN${planted}`, contactId: newId(), messageId: newId(), phone };
  await createOrders(test.database.db, [newOrder(order, planting, planted)]);
  const contact = planting.contact ?? 'accepted';
  if (contact !== 'planned')
    await test.query(`update effects set state = $2, ${contact}_at = now(), attempt = 1 where id = $1`, [
      order.contactId,
      contact,
    ]);
  return order;
}

function newOrder(order: PlantedOrder, planting: Planting, position: number): NewOrder {
  const { orderId, phone, contactId, messageId } = order;
  const deliveryId = newId();
  const correlationId = `planted-${position}`;
  const effect = { orderId, state: 'planned', reason: null, correlationId, lane: phone };
  const { parameters = eight, applicants = [] } = planting;
  const words = Buffer.from(JSON.stringify(parameters));
  const people = applicants.length > 0 ? { applicants: Buffer.from(JSON.stringify(applicants)) } : {};
  return {
    order: {
      ...content(orderId, phone),
      ...people,
      deliveryId,
      deliveryPosition: position,
      appliedPosition: position,
    },
    effects: [
      { ...effect, id: contactId, kind: 'contact', purpose: 'contact', semanticKey: `contact:${orderId}:1` },
      {
        ...effect,
        id: messageId,
        kind: 'message',
        purpose: 'confirmation',
        semanticKey: `message:order_confirmation:${orderId}`,
      },
    ],
    message: { effectId: messageId, orderId, ...confirmation, phone, parameters: words },
    event: {
      type: 'order.created',
      aggregateType: 'order',
      aggregateId: orderId,
      aggregateVersion: 1,
      actor: 'test',
      correlationId,
      payload: { deliveryId, branch: 'il', contactEffectId: contactId, warnings: [] },
    },
    applicantIds: applicants.map(({ id }) => id),
    deliveryIds: [],
  };
}

function content(orderId: string, phone: string) {
  return {
    orderId,
    eventVersion: 1,
    firstReceivedAt: new Date(),
    branch: 'il',
    amount: '498',
    currency: 'ILS',
    orderStatus: 'active',
    clientName: 'דנה לדוגמה',
    clientEmail: 'dana.example@example.test',
    clientPhone: phone,
    whatsappAlertsEnabled: true,
    productCountry: 'india',
    productDocType: 'evisa',
    visaQuantity: 2,
    isUrgent: false,
    processingDays: 3,
    warnings: [],
  };
}
