import type { VocabularyOf } from '../db/specification.js';
import type { OrderView } from './order-lists.repository.js';

/**
 * What orders can be chosen by, by the names that answers use. Branch, status, country, currency and e-mail are
 * compared without regard to the case of A to Z; product and phone exactly.
 */
export const orderFields = {
  branch: { kind: 'folded', column: 'branch', nullable: false },
  status: { kind: 'folded', column: 'orderStatus', nullable: true },
  country: { kind: 'folded', column: 'productCountry', nullable: true },
  product: { kind: 'text', column: 'productName', nullable: true },
  amount: { kind: 'decimal', column: 'amount', nullable: true },
  currency: { kind: 'folded', column: 'currency', nullable: true },
  phone: { kind: 'text', column: 'clientPhone', nullable: true },
  email: { kind: 'folded', column: 'clientEmail', nullable: true },
  createdAt: { kind: 'time', column: 'createdAt', nullable: false },
  processedAt: { kind: 'time', column: 'processedAt', nullable: true },
  cbbSynced: { kind: 'flag', column: 'cbbSynced', nullable: false, unsetWithin: 'incomplete' },
  whatsappConfirmationSent: {
    kind: 'flag',
    column: 'whatsappConfirmationSent',
    nullable: false,
    unsetWithin: 'incomplete',
  },
  urgent: { kind: 'flag', column: 'isUrgent', nullable: false },
  warnings: { kind: 'labels', column: 'warnings', nullable: false },
  // These two are for rules of ours; a search does not name them.
  review: { kind: 'labels', column: 'review', nullable: false },
  whatsappAlertsEnabled: { kind: 'flag', column: 'whatsappAlertsEnabled', nullable: false },
} as const satisfies VocabularyOf<OrderView>;

export type OrderFields = typeof orderFields;

/** What has to be known of an order to judge it. */
export type OrderFacts = Pick<OrderView, OrderFields[keyof OrderFields]['column']>;
