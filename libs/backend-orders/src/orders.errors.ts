import { AppError } from '@visapi/backend-kernel';

export function orderNotFound(orderId: string): AppError {
  return new AppError('not-found', `There is no order ${orderId.slice(0, 100)}.`);
}

export function deliveryNotFound(): AppError {
  return new AppError('not-found', 'There is no such delivery.');
}
