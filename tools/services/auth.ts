import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@supabase/supabase-js';
import { Problem } from './problem.ts';
import type { ServiceSpec } from './service.ts';

export interface AuthOptions {
  readonly directory: string;
  readonly logFile: string;
  readonly port: number;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly siteUrl: string;
}

/** Supabase Lite with its own SQLite file, used for sign-in only: its data API stays empty. */
export async function authService(options: AuthOptions): Promise<ServiceSpec & { url: string }> {
  const { directory, port } = options;
  await mkdir(join(directory, 'supabase'), { recursive: true, mode: 0o700 });
  await writeFile(join(directory, 'supabase', 'config.toml'), configuration(options), { mode: 0o600 });
  const program = join(dirname(fileURLToPath(import.meta.resolve('@supabase/lite/cli'))), 'index.js');
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'auth',
    file: process.execPath,
    // `dev` makes the auth tables of a new file, `start` would not.
    args: [program, 'dev', '--no-admin'],
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, LITE_TELEMETRY: '0', DO_NOT_TRACK: '1' },
    logFile: options.logFile,
    stage: 3,
    stopSignal: 'SIGTERM',
    patienceMs: 5_000,
    isReady: () => isHealthy(url, options.publishableKey),
    url,
  };
}

/** Signs the user up when it is not there yet. @returns the user's id */
export async function ensureUser(url: string, key: string, email: string, password: string): Promise<string> {
  const { auth } = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
  const signIn = await auth.signInWithPassword({ email, password });
  if (signIn.data.user) return signIn.data.user.id;
  const signUp = await auth.signUp({ email, password });
  if (signUp.data.user) return signUp.data.user.id;
  throw new Problem(
    `the administrator ${email} can neither sign in (${signIn.error?.message}) nor sign up (${signUp.error?.message})`,
    'secrets.json and the auth folder do not belong together; npm run reset makes both anew.',
  );
}

function configuration({ port, jwtSecret, publishableKey, secretKey, siteUrl }: AuthOptions): string {
  return `project_id = "visapi"
[api]
port = ${port}
[db]
driver = "sqlite-postgres"
url = "file:./auth.db"
[auth]
enabled = true
site_url = ${JSON.stringify(siteUrl)}
jwt_secret = ${JSON.stringify(jwtSecret)}
jwt_expiry = 3600
enable_signup = true
publishable_key = ${JSON.stringify(publishableKey)}
secret_key = ${JSON.stringify(secretKey)}
[auth.email]
enable_confirmations = false
${links}`;
}

/** Its mails stand in its log, with links of its own that lead to no page of ours; these, in their subjects, do. */
const links = [
  ['confirmation', 'signup', 'Confirm your address'],
  ['magic_link', 'magiclink', 'Sign in'],
  ['recovery', 'recovery', 'Set a new password'],
]
  .map(
    ([template, type, lead]) => `[auth.email.template.${template}]
subject = "${lead}: {{ .SiteURL }}/api/v1/auth/confirm?type=${type}&token_hash={{ .TokenHash }}"
`,
  )
  .join('');

async function isHealthy(url: string, apikey: string): Promise<boolean> {
  return fetch(`${url}/auth/v1/health`, { headers: { apikey }, signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
