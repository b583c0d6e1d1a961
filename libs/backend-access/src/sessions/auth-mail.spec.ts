import { describe, expect, it } from '@jest/globals';
import { mailOrder, mailsOf } from './auth-mail.js';

const order = (type: string, data: object = {}, user: object = {}) =>
  mailOrder.parse({
    user: { email: 'dana@visanet.app', ...user },
    email_data: { token: '305805', token_hash: 'hash-1', email_action_type: type, ...data },
  });
const mails = (given: ReturnType<typeof order>) =>
  mailsOf(given, 'https://api.visanet.app', (url) => (url.startsWith('https://staff.') ? url : undefined));
const linkOf = (text: string | undefined) => new URL(/https:\S+/.exec(text ?? '')?.[0] ?? 'about:blank');

describe('a mail of Supabase Auth', () => {
  it.each(['signup', 'invite', 'magiclink', 'recovery'])('(%s) leads to our own confirmation', (type) => {
    const [mail, ...more] = mails(order(type, { redirect_to: 'https://staff.visanet.app/' }));
    expect(more).toEqual([]);
    expect(mail?.to).toBe('dana@visanet.app');
    const link = linkOf(mail?.text);
    expect(link.origin + link.pathname).toBe('https://api.visanet.app/api/v1/auth/confirm');
    expect(Object.fromEntries(link.searchParams)).toEqual({
      token_hash: 'hash-1',
      type,
      redirect_to: 'https://staff.visanet.app/',
    });
  });

  it('leads on to nowhere when it should lead where links may not', () => {
    const [mail] = mails(order('magiclink', { redirect_to: 'https://evil.example/' }));
    expect(mail?.text).not.toContain('evil');
    expect(linkOf(mail?.text).searchParams.has('redirect_to')).toBe(false);
  });

  it('about another address goes to both, each with the hash that is for it', () => {
    const both = order('email_change', { token_hash_new: 'hash-2' }, { new_email: 'dana.l@visanet.app' });
    expect(mails(both).map(({ to, text }) => [to, linkOf(text).searchParams.get('token_hash')])).toEqual([
      ['dana@visanet.app', 'hash-2'],
      ['dana.l@visanet.app', 'hash-1'],
    ]);
    const one = order('email_change', {}, { new_email: 'dana.l@visanet.app' });
    expect(mails(one).map(({ to }) => to)).toEqual(['dana.l@visanet.app']);
  });

  it('to prove who is there holds the code, and no link', () => {
    const [mail] = mails(order('reauthentication'));
    expect(mail?.text).toContain('305805');
    expect(mail?.text).not.toContain('https:');
  });

  it('is not sent for what is only a notice', () => {
    expect(mails(order('password_changed_notification'))).toEqual([]);
  });
});
