import { AppError, type ErrorDetail } from '@visapi/backend-kernel';

export function orderNotFound(orderId: string): AppError {
  return new AppError('not-found', `There is no order ${orderId.slice(0, 100)}.`);
}

export function deliveryNotFound(): AppError {
  return new AppError('not-found', 'There is no such delivery.');
}

export function orderUnreadable(): AppError {
  return new AppError('invalid', 'The body must be one JSON object in UTF-8.');
}

export function orderUnusable(deliveryId: string, details: readonly ErrorDetail[]): AppError {
  const message = 'The body cannot become an order; it is kept for an operator.';
  return new AppError('unprocessable', message, { details, extra: { deliveryId } });
}
