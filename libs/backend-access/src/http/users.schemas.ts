import { onlyKnown, pageQuery, reasonText, timestamp } from '@visapi/backend-http';
import type { UserRow } from '@visapi/backend-repositories/access';
import { z } from 'zod';
import type { ToldUser } from '../queries/get-user.query.js';

const roleName = z
  .string('must be the name of a role')
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be the name of a role: 2 to 40 small letters, digits and hyphens');

export const usersQuery = onlyKnown({
  ...pageQuery('position'),
  role: roleName.optional(),
  /** The whole address, in any letters. */
  email: z
    .string()
    .trim()
    .min(1, 'must be an e-mail address')
    .max(320, 'must be an e-mail address')
    .optional(),
  disabled: z
    .enum(['true', 'false'], 'must be the word true or false')
    .transform((word) => word === 'true')
    .optional(),
});

export const userParameter = z.object({ id: z.uuid('must be the id of a user (a UUID)') });

export const changeUserRequest = onlyKnown({
  role: roleName.optional(),
  disabled: z.boolean('must be true or false').optional(),
  reason: reasonText,
}).refine(({ role, disabled }) => role !== undefined || disabled !== undefined, {
  path: ['role'],
  message: 'say what is to change: role, disabled or both',
});

export const userResponse = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.string(),
    disabled: z.boolean(),
    disabledAt: timestamp.nullable(),
    createdAt: timestamp,
    lastSignInAt: timestamp.nullable(),
  })
  .meta({ id: 'User' });

export const toldUserResponse = userResponse
  .extend({
    liveKeys: z
      .object({ count: z.number(), address: z.string() })
      .describe('API keys that the user gave out and that can be used, and where they are listed.'),
  })
  .meta({ id: 'ToldUser' });

export function toUserResponse(user: UserRow) {
  return { ...user, disabled: user.disabledAt !== null };
}

export function toToldUserResponse({ liveKeys: count, ...user }: ToldUser) {
  const address = `/api/v1/api-keys?state=live&createdBy=user:${user.id}`;
  return { ...toUserResponse(user), liveKeys: { count, address } };
}
