import { AppError, type ErrorDetail } from '@visapi/backend-kernel';
import type { Foreseen } from './replay.js';
import type { ResendObstacle } from './resend.js';
import { notSentAgain } from './resend.errors.js';

/** Why `state` leaves a delivery alone that was never applied. */
export const notApplied: ErrorDetail = {
  path: 'mode',
  message:
    'Its content was never applied, so what follows from it is still owed: replay it with mode "missing".',
};

/** Why `state` leaves an order alone of which something may yet go out as it was read before. */
export const stillOnItsWay: ErrorDetail = {
  path: 'mode',
  message:
    'Something of this order is planned, under way or uncertain and would go on as it was read before. Wait for it (an uncertain message is settled), or read the order again with all that follows: POST /api/v1/webhooks/vizi/retrigger with "skipProcessed": false.',
};

/** Why nothing can be done about an order that has no row. */
export const orderLost: ErrorDetail = {
  path: 'orderId',
  message:
    'The delivery is applied, but its order is not there: rows are damaged; restore them from a backup.',
};

const noOrder: ErrorDetail = {
  path: 'mode',
  message:
    'There is no order of this delivery of which something could be forced: replay it with mode "missing" first.',
};

export function nothingToForce(): AppError {
  return new AppError('conflict', noOrder.message, { details: [noOrder] });
}

export function confirmNeeded(): AppError {
  const message = 'must be what a dry run of the same call answered: look first, then confirm what you saw';
  return new AppError('invalid', `confirm ${message}.`, { details: [{ path: 'confirm', message }] });
}

export function changedSincePreview(preview: Foreseen): AppError {
  const message =
    'The order is no longer what this confirm was given for: look at the preview again and confirm that one.';
  return new AppError('conflict', message, {
    details: [{ path: 'confirm', message: 'is of another state of the order' }],
    extra: { preview },
  });
}

/**
 * @param messageId of the order's newest confirmation
 * @param unknown names of the facts that are missing, for `untranslatable`
 */
export function notForced(
  reason: ResendObstacle,
  order: {
    readonly orderId: string;
    readonly messageId: string | undefined;
    readonly unknown: readonly string[];
  },
): AppError {
  const { orderId, messageId, unknown } = order;
  if (reason === 'uncertain' && messageId !== undefined) {
    const message = `It is not known whether the last confirmation went out: wait for its receipt, or settle it first by POST /api/v1/messages/${messageId}/settle.`;
    return new AppError('conflict', message, { details: [{ path: 'reason', message: reason }] });
  }
  const refused = notSentAgain(reason, unknown);
  if (!refused.message.includes('name')) return refused;
  const message = `${refused.message} A phone is named by POST /api/v1/orders/${orderId}/messages.`;
  return new AppError(refused.category, message, { details: refused.details });
}
