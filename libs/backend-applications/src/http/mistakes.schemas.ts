import { phoneOrNone } from '@visapi/backend-http';
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
  .object(
    {
      face_photo: listed,
      passport_photo: listed,
      business: listed,
      passport_expiry: listed,
      application_details: listed,
    },
    'must hold issues by category, such as { "face_photo": [{ "value": "with_glasses" }] }',
  )
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
  phone: phoneOrNone,
});

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
