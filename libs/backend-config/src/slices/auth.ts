import { list, secret, text, url } from '../variable.js';

const domain = /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

function isRedirect(given: string): boolean {
  const parsed = URL.parse(given);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) return false;
  return parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
}

/** Sign-in of people, through Supabase Auth. All optional: without SUPABASE_URL nobody signs in, and API keys work on. */
export const auth = {
  url: url('SUPABASE_URL', ['http:', 'https:'], {
    meaning: 'Supabase project that people sign in with; unset = sign-in routes answer 503',
  }),
  anonKey: text('SUPABASE_ANON_KEY', {
    meaning: 'public (anon or publishable) key of the project; needed where SUPABASE_URL is set',
  }),
  serviceRoleKey: text('SUPABASE_SERVICE_ROLE_KEY', {
    meaning:
      'secret key of the project; when set, Supabase is told whose address a request comes from, so that its limits count people, not this backend',
  }),
  jwtSecret: secret('SUPABASE_JWT_SECRET', {
    atLeast: 32,
    meaning:
      'secret of a project that signs access tokens with HS256; unset = only tokens of its asymmetric keys (JWKS) are taken',
  }),
  emailDomains: list('AUTH_ALLOWED_EMAIL_DOMAINS', {
    default: 'visanet.app,visanet.co,visanet.co.il,visanet.ru,visanet.se',
    isItem: (given) => domain.test(given),
    wanted: 'must be domains such as visanet.app,visanet.co',
    meaning: 'domains whose e-mail addresses may sign up',
  }),
  redirects: list('AUTH_REDIRECT_URLS', {
    default: '',
    isItem: isRedirect,
    wanted: 'must be URLs such as https://staff.example/welcome, without query, fragment or user',
    meaning:
      'where links of mails may lead to: exact origin and beginning of the path; the first is used where none is asked for',
  }),
  publicUrl: url('PUBLIC_URL', ['http:', 'https:'], {
    meaning:
      'address under which people reach the backend, for links in mails; without it the send-e-mail hook is closed',
  }),
  hookSecret: secret('SEND_EMAIL_HOOK_SECRET', {
    atLeast: 32,
    meaning:
      'secret of Supabase’s send-e-mail hook (v1,whsec_...), several with | between while it is changed; unset = the hook is closed',
  }),
} as const;
