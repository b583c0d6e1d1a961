import { parsePhone } from '@visapi/backend-kernel';
import { z } from 'zod';
import type { ReportIssuesResult } from '../commands/report-issues.command.js';

const issue = z.object({
  value: z.string('must be the code of an issue').trim().min(1, 'must not be empty').max(100),
  label: z.string().max(500).nullish(),
});
const mostIssues = 60;
const listed = z.array(issue).max(mostIssues, `must hold at most ${mostIssues} issues`).nullish();

/** Categories are optional; ones we have no heading for are told too. */
const issues = z
  .object({
    face_photo: listed,
    passport_photo: listed,
    business: listed,
    passport_expiry: listed,
    application_details: listed,
  })
  .catchall(listed)
  .refine((given) => Object.keys(given).length <= 20, 'must have at most 20 categories')
  .refine(
    (given) => Object.values(given).some((list) => (list?.length ?? 0) > 0),
    'must name at least one issue',
  )
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given).map(([category, list]) => [
        category,
        (list ?? []).map(({ value, label }) => ({ value, label: label ?? undefined })),
      ]),
    ),
  );

export const mistakesBody = z.object({
  applicantId: z
    .string('must be the id of an applicant, such as "apl_Zy9xWv6uTs3r"')
    .trim()
    .min(1, 'must not be empty')
    .max(200)
    .refine((id) => id.isWellFormed() && !/\p{Cc}/u.test(id), 'must not contain control characters'),
  issues,
  phone: namedPhone(),
});

/** A phone that somebody named for one message; E.164 or null. */
export function namedPhone() {
  return z
    .string()
    .nullish()
    .transform((given, context) => {
      if (given === undefined || given === null || given.trim() === '') return null;
      const { e164 } = parsePhone(/^\s*(\+|00)/.test(given) ? given : `+${given}`);
      if (e164 !== null) return e164;
      context.addIssue({ code: 'custom', message: 'must be a whole phone number such as +972500000001' });
      return z.NEVER;
    });
}

export const mistakesResponse = z.object({
  success: z.boolean(),
  message: z.string(),
  issueRecordId: z.string(),
  details: z.object({
    applicantId: z.string(),
    applicantName: z.string().optional(),
    orderId: z.string().optional(),
    totalIssues: z.number(),
    status: z.enum(['planned', 'skipped', 'unmatched', 'duplicate']),
    reason: z.string().nullable(),
    /** Whether the message has gone out already: a new one is on its way. */
    whatsappSent: z.boolean(),
  }),
});

const messages: Readonly<Record<ReportIssuesResult['status'], string>> = {
  planned: 'The issues are kept and the applicant is being told.',
  skipped: 'The issues are kept; the applicant is not told.',
  unmatched: 'The issues are kept; the applicant is told when the order of this applicant is known.',
  duplicate: 'These issues were reported before; nothing more is sent.',
};

export function toMistakesResponse(applicantId: string, result: ReportIssuesResult) {
  const { status, reason, totalIssues } = result;
  return {
    success: true,
    message: messages[status],
    issueRecordId: result.issueId,
    details: {
      applicantId,
      applicantName: result.applicantName ?? undefined,
      orderId: result.orderId ?? undefined,
      totalIssues,
      status,
      reason,
      whatsappSent: result.isTold,
    },
  };
}
