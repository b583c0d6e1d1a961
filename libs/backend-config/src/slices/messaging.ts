import { integer } from '../variable.js';

export const messaging = {
  confirmWithinHours: integer('CONFIRM_WITHIN_HOURS', {
    default: 72,
    min: 1,
    max: 8_760,
    meaning: 'hours after an order’s first delivery within which its confirmation is sent by itself',
  }),
} as const;
