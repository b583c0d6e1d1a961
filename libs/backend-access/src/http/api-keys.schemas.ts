import { onlyKnown, pageQuery, time, timestamp } from '@visapi/backend-http';
import { z } from 'zod';
import { parseNetwork } from '../network.js';
import { grantsField } from './grants.schemas.js';

const mostNetworks = 50;
const mostOverlapSeconds = 7 * 86_400;

const state = z.enum(['live', 'expired', 'revoked'], 'must be live, expired or revoked');

export const apiKeysQuery = onlyKnown({
  ...pageQuery('id'),
  state: state.optional(),
  createdBy: z
    .string()
    .regex(
      /^(seed|(user|key):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
      'must be user:<id>, key:<id> or seed, as createdBy of a key says',
    )
    .describe('Who gave them out, as `createdBy` says, also by a key of theirs.')
    .optional(),
});

export const apiKeyParameter = z.object({ id: z.uuid('must be the id of an API key (a UUID)') });

const name = z
  .string({ error: 'must be a text that says whose key it is or what for' })
  .trim()
  .min(1, 'must say whose key it is or what for')
  .max(100, 'must have at most 100 characters')
  .regex(/^\P{C}*$/u, 'must be text without control or broken characters');

const scopes = grantsField.refine((given) => given.length > 0, 'must name at least one scope');

const allowedNetworks = z
  .array(
    z
      .string('must be an address or a network')
      .refine(
        (given) => parseNetwork(given) !== undefined,
        'must be an address or a network such as 203.0.113.0/24 or 2001:db8::/32',
      ),
    'must be a list of addresses or networks; an empty one means everywhere',
  )
  .max(mostNetworks, `must name at most ${mostNetworks} networks`)
  .transform((networks) => [...new Set(networks)]);

const expiresAt = time.nullable();

const expiresInDays = z
  .int('must be a whole number of days')
  .min(1, 'must be at least 1')
  .max(36_500, 'must be at most 36500');

export const createRequest = onlyKnown({
  name,
  scopes,
  expiresInDays: expiresInDays.optional(),
  expiresAt: expiresAt.optional(),
  allowedNetworks: allowedNetworks.default([]),
}).refine((given) => given.expiresInDays === undefined || given.expiresAt === undefined, {
  path: ['expiresAt'],
  message: 'give either expiresAt or expiresInDays',
});

export const changeRequest = onlyKnown({
  name: name.optional(),
  scopes: scopes.optional(),
  expiresAt: expiresAt.optional(),
  allowedNetworks: allowedNetworks.optional(),
}).refine((given) => Object.keys(given).length > 0, {
  path: [],
  message: 'say what is to be changed: name, scopes, expiresAt or allowedNetworks',
});

export const rotateRequest = onlyKnown({
  overlapSeconds: z
    .int('must be a whole number of seconds')
    .min(0, 'must be at least 0')
    .max(mostOverlapSeconds, `must be at most ${mostOverlapSeconds} (7 days)`)
    .default(86_400),
}).prefault({});

export const apiKeyResponse = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    state,
    allowedNetworks: z.array(z.string()),
    createdAt: timestamp,
    createdBy: z.string(),
    expiresAt: timestamp.nullable(),
    previousExpiresAt: timestamp.nullable(),
    revokedAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    useCount: z.number(),
  })
  .meta({ id: 'ApiKey' });

/** `key` is shown this once. */
export const givenApiKeyResponse = apiKeyResponse.extend({ key: z.string() }).meta({ id: 'GivenApiKey' });
