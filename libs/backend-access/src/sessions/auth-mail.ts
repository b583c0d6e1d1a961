import { z } from 'zod';

/** Supabase adds kinds; those that are only notices are not sent by us. */
const linkTypes = ['signup', 'invite', 'magiclink', 'recovery', 'email_change'] as const;
type LinkKind = (typeof linkTypes)[number];

/** What Supabase sends its send-e-mail hook. https://supabase.com/docs/guides/auth/auth-hooks/send-email-hook */
export const mailOrder = z.object({
  user: z.object({ email: z.email(), new_email: z.string().optional() }),
  email_data: z.object({
    token: z.string().default(''),
    token_hash: z.string().default(''),
    redirect_to: z.string().default(''),
    email_action_type: z.string(),
    token_hash_new: z.string().default(''),
  }),
});

export type MailOrder = z.infer<typeof mailOrder>;

export interface AuthMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const words: Readonly<Record<LinkKind, { readonly subject: string; readonly lead: string }>> = {
  signup: { subject: 'Confirm your address', lead: 'Open this link to confirm your address and sign in:' },
  invite: { subject: 'You are invited', lead: 'Open this link to accept the invitation:' },
  magiclink: { subject: 'Your link to sign in', lead: 'Open this link to sign in:' },
  recovery: { subject: 'Set a new password', lead: 'Open this link to set a new password:' },
  email_change: {
    subject: 'Confirm the change of your address',
    lead: 'Open this link to confirm the change:',
  },
};

const end = 'The link works once and for a short time. If you did not ask for it, do nothing.';

/**
 * The mails that an order of Supabase comes to: none for notices, two for a change of address that both have to confirm.
 * @param publicUrl under which people reach this backend
 * @param redirectOf the address asked for, if links may lead there
 */
export function mailsOf(
  { user, email_data: data }: MailOrder,
  publicUrl: string,
  redirectOf: (given: string) => string | undefined,
): readonly AuthMail[] {
  const type = data.email_action_type;
  if (type === 'reauthentication') return [{ to: user.email, ...codeMail(data.token) }];
  if (!isLinkKind(type)) return [];
  const redirect = data.redirect_to === '' ? undefined : redirectOf(data.redirect_to);
  const mail = (to: string, tokenHash: string): AuthMail => {
    const query = new URLSearchParams({ token_hash: tokenHash, type });
    if (redirect !== undefined) query.set('redirect_to', redirect);
    const link = `${publicUrl}/api/v1/auth/confirm?${query.toString()}`;
    const { subject, lead } = words[type];
    return { to, subject: `VisAPI: ${subject}`, text: [lead, link, end].join('\n\n') };
  };
  if (type !== 'email_change') return [mail(user.email, data.token_hash)];
  // The names are the wrong way round, for compatibility: the "new" hash is the one for the address until now.
  const pairs = [
    [user.email, data.token_hash_new],
    [user.new_email ?? '', data.token_hash],
  ] as const;
  return pairs
    .filter(([to, tokenHash]) => to !== '' && tokenHash !== '')
    .map(([to, tokenHash]) => mail(to, tokenHash));
}

function codeMail(code: string): Omit<AuthMail, 'to'> {
  return {
    subject: 'VisAPI: your code',
    text: `Your code is ${code}. If you did not ask for it, do nothing.`,
  };
}

function isLinkKind(type: string): type is LinkKind {
  return (linkTypes as readonly string[]).includes(type);
}
