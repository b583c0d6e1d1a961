import { onlyKnown } from '@visapi/backend-http';
import { z } from 'zod';
import { newPassword } from '../sessions/password.js';
import type { SignedIn } from './sign-in.js';
import type { KnownUser } from './user-reader.js';

const email = z
  .string({ error: 'must be an e-mail address' })
  .trim()
  .max(254, 'must be an e-mail address')
  .toLowerCase()
  .pipe(z.email('must be an e-mail address such as dana@visanet.app'));

/** One that is compared, not chosen: whatever rules were in force when it was. */
const givenPassword = z.string({ error: 'must be a text' }).min(1, 'is empty').max(256, 'is too long');
const redirectTo = z.string('must be a URL').max(2_000, 'is too long').optional();
const cookies = z.boolean('must be true or false').default(false);
const token = z.string('must be a token').min(1, 'is empty').max(2_048, 'is too long');

export const signUpRequest = onlyKnown({ email, password: newPassword, redirectTo });
export const signInRequest = onlyKnown({
  email,
  password: givenPassword,
  /** The tokens come as cookies that no script reads, instead of in the answer. */
  cookies,
});
export const refreshRequest = onlyKnown({
  /** Without it, the cookie is taken. */
  refreshToken: token.optional(),
}).optional();
export const linkRequest = onlyKnown({ email, redirectTo });
export const confirmQuery = onlyKnown({
  token_hash: token,
  type: z.enum(
    ['signup', 'magiclink', 'recovery', 'invite', 'email_change', 'email'],
    'must be one of signup, magiclink, recovery, invite, email_change, email',
  ),
  redirect_to: redirectTo,
});
export const passwordRequest = onlyKnown({
  /** May be left out only in a session that began with a link to set a new password, for 15 minutes. */
  currentPassword: givenPassword.optional(),
  newPassword,
});
export const signOutQuery = onlyKnown({
  /** All sessions of the user, not this one alone. */
  everywhere: z
    .enum(['true', 'false'], 'must be the word true or false')
    .transform((word) => word === 'true')
    .default(false),
});

const userOfSession = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
});
export const meResponse = userOfSession.extend({ sessionId: z.string() });
export const signedInResponse = z
  .object({
    /** Left out where the tokens come as cookies. */
    accessToken: z.string().optional(),
    refreshToken: z.string().optional(),
    /** Seconds that the access token lives. */
    expiresIn: z.number(),
    /** For `X-CSRF-Token`, with cookies alone. */
    csrfToken: z.string().optional(),
    user: userOfSession,
  })
  .meta({ id: 'SignedIn' });
export const takenResponse = z.object({ status: z.literal('taken') });
export const endedResponse = z.object({ status: z.literal('signed-out') });
export const changedResponse = z.object({ status: z.literal('changed') });

export function toUserOfSession({
  id,
  email: address,
  role,
  scopes,
}: Pick<KnownUser, 'id' | 'email' | 'role' | 'scopes'>) {
  return { id, email: address, role, permissions: [...scopes].sort() };
}

/** With the tokens in the answer. */
export function toSignedIn({ session, user }: SignedIn) {
  const { accessToken, refreshToken, expiresIn } = session;
  return { accessToken, refreshToken, expiresIn, user: toUserOfSession(user) };
}

/** With the tokens in cookies, which whoever calls this has set. */
export function toSignedInByCookies({ session, user }: SignedIn, csrfToken: string) {
  return { expiresIn: session.expiresIn, csrfToken, user: toUserOfSession(user) };
}
