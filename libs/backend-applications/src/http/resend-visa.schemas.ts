import { onlyKnown, optionalReason, phoneOrNone } from '@visapi/backend-http';
import { z } from 'zod';
import type { ResendVisaResult } from '../commands/resend-visa.command.js';
import type { VisaApplication } from '../visa-messages.js';

export const resendVisaBody = onlyKnown({
  orderId: z.string('must be the id of an order').trim().min(1, 'must not be empty').max(100),
  phone: phoneOrNone,
  applicationIds: z
    .array(z.string().min(1).max(200))
    .min(1, 'must name at least one application')
    .max(100)
    .optional(),
  reason: optionalReason,
  /** Also where it is not known whether the message before went out. */
  force: z.boolean('must be true or false').default(false),
  dryRun: z.boolean('must be true or false').default(false),
});

export const resendVisaResponse = z.object({
  success: z.boolean(),
  orderId: z.string(),
  message: z.string(),
  details: z.object({
    applicationsFound: z.number(),
    applicationsFiltered: z.number(),
    /** Messages that are owed now; each one's progress is at GET /messages?orderId=. */
    messagesSent: z.number(),
    filteredApplicationIds: z.array(z.string()),
    skippedApplicationIds: z.array(z.string()),
    skipped: z.array(z.object({ applicationId: z.string(), reason: z.string() })),
    visaNotificationReset: z.boolean(),
    dryRun: z.boolean(),
  }),
});

export function toResendVisaResponse(
  { orderId, dryRun }: { readonly orderId: string; readonly dryRun: boolean },
  applications: readonly VisaApplication[],
  { planned, passedOver }: ResendVisaResult,
) {
  const owed = planned.filter(({ reason }) => reason === null);
  const withheld = planned.flatMap(({ applicationId, reason }) =>
    reason === null ? [] : [{ applicationId, reason }],
  );
  const skipped = [...passedOver, ...withheld];
  const done = dryRun ? 'would be sent' : 'are being sent';
  return {
    success: owed.length > 0,
    orderId,
    message: `${owed.length} of ${applications.length} visas ${done}.`,
    details: {
      applicationsFound: applications.length,
      applicationsFiltered: owed.length + skipped.length,
      messagesSent: dryRun ? 0 : owed.length,
      filteredApplicationIds: owed.map(({ applicationId }) => applicationId),
      skippedApplicationIds: skipped.map(({ applicationId }) => applicationId),
      skipped,
      // There is no flag per order to reset: each message has its own state.
      visaNotificationReset: false,
      dryRun,
    },
  };
}
