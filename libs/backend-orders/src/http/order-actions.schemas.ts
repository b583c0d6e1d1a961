import {
  onlyKnown,
  optionalReason,
  orderNames,
  phoneText,
  reasonText,
  toOrderTarget,
} from '@visapi/backend-http';
import { z } from 'zod';
import type { ResentConfirmation } from '../commands/resend-confirmation.command.js';
import { messageTemplates } from '../resend.js';

export const actedOnOrder = z.object({ orderId: z.string().min(1).max(300) });

const yesNo = z.boolean('must be true or false');
const { confirmation, all } = messageTemplates;

export const resendBody = onlyKnown({
  reason: reasonText,
  template: z
    .literal(confirmation, {
      error: `only ${confirmation} is sent again here; visa approvals are by POST /webhooks/vizi/resend-visa`,
    })
    .optional(),
  phone: phoneText.optional(),
  force: yesNo.optional(),
});

export const resendResponse = z.object({
  orderId: z.string(),
  status: z.enum(['planned', 'would-plan', 'already-sent']),
  template: z.string(),
  phone: z.string().nullable(),
  messageId: z.string().nullable(),
  resendOf: z.string().nullable(),
  parameters: z.array(z.string()),
});

export function toResendResponse(result: ResentConfirmation): z.infer<typeof resendResponse> {
  const { state: status, orderId, phone } = result;
  const base = { orderId, status, phone, template: confirmation };
  if (result.state === 'already-sent') return { ...base, messageId: null, resendOf: null, parameters: [] };
  const { messageId, resendOf, parameters } = result;
  return { ...base, messageId, resendOf, parameters: [...parameters] };
}

export const retriggerBody = onlyKnown({
  ...orderNames,
  messageType: z.literal('order_confirmation', {
    error: ({ input }) =>
      input === 'visa_approval'
        ? 'visa approvals are sent again by POST /webhooks/vizi/resend-visa'
        : 'must be order_confirmation (or visa_approval, at POST /webhooks/vizi/resend-visa)',
  }),
  force: yesNo.optional(),
  reason: optionalReason,
  dryRun: yesNo.optional(),
}).transform(toOrderTarget);

/** The shape that the system before answered with. */
export const retriggerResponse = z.object({
  success: z.literal(true),
  orderId: z.string(),
  phoneNumber: z.string().nullable(),
  /** Contacts have no id of ours. */
  cbbContactUuid: z.null(),
  message: z.string(),
  /** Jobs are not what a message is followed by: GET /messages?orderId= is. */
  jobId: z.null(),
  alreadySent: z.boolean(),
});

const said: Readonly<Record<ResentConfirmation['state'], string>> = {
  planned: 'The confirmation will be sent.',
  'would-plan': 'The confirmation would be sent.',
  'already-sent': 'The confirmation was already sent; send force to have it sent again.',
};

export function toRetriggerResponse({
  state,
  orderId,
  phone,
}: ResentConfirmation): z.infer<typeof retriggerResponse> {
  return {
    success: true,
    orderId,
    phoneNumber: phone,
    cbbContactUuid: null,
    message: said[state],
    jobId: null,
    alreadySent: state === 'already-sent',
  };
}

export const previewQuery = onlyKnown({
  template: z.enum(all, `must be one of ${all.join(', ')}`),
});

const parameters = z.array(z.object({ name: z.string(), value: z.string().nullable() }));
const head = { orderId: z.string(), template: z.string(), language: z.string() };

const confirmationPreview = z.object({
  ...head,
  wouldSend: z.boolean(),
  reason: z.string().nullable(),
  unknown: z.array(z.string()),
  phone: z.string().nullable(),
  parameters,
  document: z.null(),
  message: z.object({ id: z.string(), status: z.string() }).nullable(),
});

const storedPreview = z.object({
  ...head,
  messages: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      reason: z.string().nullable(),
      phone: z.string().nullable(),
      applicantId: z.string().nullable(),
      parameters,
      document: z.object({ link: z.string(), filename: z.string() }).nullable(),
    }),
  ),
});

export const previewResponse = z.union([confirmationPreview, storedPreview]);
