import { AppError } from '@visapi/backend-kernel';

export function orderNotFound(orderId: string): AppError {
  return new AppError('not-found', `There is no order ${orderId.slice(0, 100)}.`);
}

export function orderNotInAirtable(orderId: string): AppError {
  return new AppError('not-found', `Airtable has no order ${orderId.slice(0, 100)}.`);
}

export function ambiguousInAirtable(orderId: string): AppError {
  return new AppError('conflict', `Airtable has several orders ${orderId.slice(0, 100)}; keep one of them.`);
}

export function noSuchApplications(available: readonly string[]): AppError {
  const message = `None of these applications belongs to the order; it has ${available.join(', ') || 'none'}.`;
  return new AppError('invalid', message, {
    details: [{ path: 'applicationIds', message: `must be some of: ${available.join(', ')}` }],
    extra: { availableApplicationIds: available },
  });
}

export function airtableOff(): AppError {
  return new AppError(
    'unavailable',
    'Airtable is not configured: set AIRTABLE_API_KEY, AIRTABLE_BASE_ID and AIRTABLE_TABLE_ID.',
  );
}

/** @param cause the vendor's error */
export function airtableAway(cause: unknown): AppError {
  return new AppError('unavailable', 'Airtable does not answer as it should; please try again.', {
    cause,
    retryAfterSeconds: 30,
  });
}
