import { z } from 'zod';

const longest = 100;

function isStorable(value: string): boolean {
  // Postgres text holds neither NUL nor lone surrogates; other control characters have no place in an id.
  return value.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(value);
}

/**
 * An order id as the shop gives it (`IL260105IN10`). The grammar of today's ids is deliberately not demanded: an id of
 * a new shape is still a paid order.
 */
export const orderIdSchema = z
  .string({ error: 'must be a string such as "IL260105IN10"' })
  .trim()
  .min(1, 'must not be empty')
  .max(longest, `must have at most ${longest} characters`)
  .refine((value) => value !== '.' && value !== '..', 'must be more than dots, which no address can name')
  .refine(isStorable, 'must not contain control characters or broken Unicode');

/** Test orders of the shop leave no trace in the CRM and reach nobody. */
export function isTestOrder(orderId: string): boolean {
  return /-TEST$/i.test(orderId);
}
