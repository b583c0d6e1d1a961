import { AppError, type ErrorDetail } from '@visapi/backend-kernel';

export function searchUnreadable(details: readonly ErrorDetail[]): AppError {
  return new AppError('invalid', 'The search is not valid.', { details });
}

export function searchTooLarge(path: string, message: string): AppError {
  return new AppError('unprocessable', 'The search is too large.', { details: [{ path, message }] });
}

export function rangeUnusable(message: string): AppError {
  return new AppError('invalid', 'The request is not valid.', { details: [{ path: 'from', message }] });
}
