import { onlyKnown, pageQuery, timestamp } from '@visapi/backend-http';
import { z } from 'zod';
import { grantsField } from './grants.schemas.js';

const name = z
  .string('must be a name')
  .regex(
    /^[a-z][a-z0-9-]{1,39}$/,
    'must be 2 to 40 small letters, digits and hyphens, beginning with a letter',
  );
const description = z
  .string('must be a text that says what the role is for')
  .trim()
  .min(1, 'must say what the role is for')
  .max(300, 'must have at most 300 characters')
  .refine(
    (text) => text.isWellFormed() && !text.includes('\u0000'),
    'must be text without broken characters',
  );

export const rolesQuery = onlyKnown(pageQuery('position'));

export const roleParameter = z.object({ name });

export const createRoleRequest = onlyKnown({ name, description, permissions: grantsField });

export const replaceRoleRequest = onlyKnown({ description, permissions: grantsField });

export const changeRoleRequest = onlyKnown({
  description: description.optional(),
  permissions: grantsField.optional(),
}).refine((change) => change.description !== undefined || change.permissions !== undefined, {
  path: ['permissions'],
  message: 'say what is to change: description, permissions or both',
});

export const roleResponse = z
  .object({
    name: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    builtIn: z.boolean(),
    /** How many hold it. */
    users: z.number(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Role' });

export const deletedRoleResponse = z.object({ name: z.string(), deleted: z.literal(true) });
