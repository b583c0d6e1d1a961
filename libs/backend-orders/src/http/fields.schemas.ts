import { z } from 'zod';

export { noQuery, time, timestamp } from '@visapi/backend-http';

/** Fields that several routes of orders and deliveries take or give. */
export const yesNo = z
  .enum(['true', 'false'], 'must be the word true or false')
  .transform((word) => word === 'true');
