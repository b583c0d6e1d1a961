import { AppError } from '@visapi/backend-kernel';
import type { SkipReason } from '@visapi/backend-orders';

export function orderNotFound(orderId: string): AppError {
  return new AppError('not-found', `There is no order ${orderId.slice(0, 100)}.`);
}

export function noOrderOfPhone(): AppError {
  return new AppError('not-found', 'No order of branch il has this phone.');
}

const words: Readonly<Partial<Record<SkipReason, string>>> = {
  branch: 'Only customers of branch il belong into the CRM.',
  'invalid-phone': 'The order has no valid phone, and a contact of the CRM is a phone.',
};

export function noContactOwed(reason: SkipReason): AppError {
  const message = words[reason] ?? 'This order owes no contact.';
  return new AppError('conflict', message, { details: [{ path: 'reason', message: reason }] });
}
