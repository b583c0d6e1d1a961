import { orderIdSchema, parsePhone } from '@visapi/backend-kernel';
import { z } from 'zod';
import { onlyKnown } from './page-query.js';

/** Why an operator does something, as it is kept in the order's history. */
export const reasonText = z
  .string({ error: 'must be a text that says why' })
  .trim()
  .min(1, 'must say why')
  .max(500, 'must have at most 500 characters')
  // JSON of the database holds neither NUL nor lone surrogates.
  .refine(
    (text) => text.isWellFormed() && !text.includes('\u0000'),
    'must be text without broken characters',
  );

/** What stands in the history where an operator need not say it, and did not. */
export const noReason = 'no reason given';

/** The same where an operator need not say it. */
export const optionalReason = reasonText.default(noReason);

/** For routes without parameters: a `?dryRun=true` that nobody heeds would be worse than refused. */
export const noQuery = onlyKnown({});

/**
 * `?dryRun=true` tells what would be done and does nothing. Routes whose body has a `dryRun`, too, heed both: whoever asked for
 * a dry run in either place gets one.
 */
export const dryRunQuery = onlyKnown({
  dryRun: z
    .enum(['true', 'false'], 'must be the word true or false')
    .transform((word) => word === 'true')
    .optional(),
});

/** A phone in any shape the shop sends. */
export const phoneText = z
  .unknown()
  .transform(toE164)
  .meta({ type: 'string', description: 'A phone such as `+972500000001`, in any usual form.' });

/** The same where it may be left out: what is missing, null or empty is none. */
export const phoneOrNone = z
  .unknown()
  .transform((given, context) => ((given ?? '') === '' ? null : toE164(given, context)))
  .meta({ type: ['string', 'null'], description: 'A phone such as `+972500000001`, or nothing.' })
  .prefault(null);

/** Which order is meant: by its id at the shop, or the newest of a phone. */
export type OrderTarget = { readonly orderId: string } | { readonly phone: string };

/** The three ways in which an order is named; `orderTarget` makes sure that it is one of them. */
export const orderNames = {
  orderId: orderIdSchema.optional(),
  viziOrderId: orderIdSchema.optional(),
  phoneNumber: phoneText.optional(),
};

interface Named {
  readonly orderId?: string;
  readonly viziOrderId?: string;
  readonly phoneNumber?: string;
}

/** For `transform`: the order that a body names. */
export function toOrderTarget<B extends Named>(
  body: B,
  context: z.RefinementCtx,
): B & { target: OrderTarget } {
  const { orderId, viziOrderId, phoneNumber } = body;
  const named: OrderTarget[] = [orderId, viziOrderId].flatMap((id) =>
    id === undefined ? [] : [{ orderId: id }],
  );
  if (phoneNumber !== undefined) named.push({ phone: phoneNumber });
  const [target, ...more] = named;
  if (target && more.length === 0) return { ...body, target };
  context.addIssue({ code: 'custom', message: 'name the order by one of orderId, viziOrderId, phoneNumber' });
  return z.NEVER;
}

function toE164(given: unknown, context: z.RefinementCtx): string {
  const { e164 } = parsePhone(given);
  if (e164 !== null) return e164;
  context.addIssue({ code: 'custom', message: 'must be a valid phone such as +972500000001' });
  return z.NEVER;
}
