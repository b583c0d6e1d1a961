import { integer } from '../variable.js';

export const retention = {
  deliveryBodyDays: integer('DELIVERY_BODY_RETENTION_DAYS', {
    default: 365,
    min: 0,
    max: 36_500,
    meaning:
      'days that the bytes of settled deliveries are kept; later they cannot be replayed; a week at least; 0 = for ever',
  }),
} as const;
