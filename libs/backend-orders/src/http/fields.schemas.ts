import { z } from 'zod';

export { noQuery } from '@visapi/backend-http';

/** Fields that several routes of orders and deliveries take or give. */
export const yesNo = z
  .enum(['true', 'false'], 'must be the word true or false')
  .transform((word) => word === 'true');

export const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z' })
  .transform((text) => new Date(text));

export const timestamp = z.date().transform((date) => date.toISOString());
