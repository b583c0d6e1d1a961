import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authService, ensureUser } from '#services/auth.ts';
import { Guardian } from '#services/guardian.ts';
import { freePort } from '#services/ports.ts';
import { startService } from '#services/service.ts';
import { until } from '@visapi/backend-testing';

const [publishableKey, secretKey] = ['sb_publishable_abcdefgh', 'sb_secret_abcdefgh'];
const jwtSecret = 'kJ8vQ2mZ5xR7nW4pL9tB3yC6dF1gH0sA';
export const password = 'Correct-horse-7';

/** The Auth server of `npm start` for one spec, and what a backend needs to use it. */
export async function startAuth() {
  const directory = await mkdtemp(join(tmpdir(), 'visapi-auth-'));
  const guardian = new Guardian();
  const logFile = join(directory, 'auth.log');
  const port = await freePort();
  const siteUrl = 'https://api.visanet.app';
  const spec = await authService({ directory, logFile, port, jwtSecret, publishableKey, secretKey, siteUrl });
  const running = await startService(spec, guardian);
  return {
    env: {
      SUPABASE_URL: spec.url,
      SUPABASE_ANON_KEY: publishableKey,
      SUPABASE_SERVICE_ROLE_KEY: secretKey,
      SUPABASE_JWT_SECRET: jwtSecret,
      PUBLIC_URL: siteUrl,
    },
    signUp: async (email: string) => await ensureUser(spec.url, publishableKey, email, password),
    /** What the link that was mailed last to somebody proves. */
    mailedHash: async (email: string): Promise<string> => {
      const links = async () => linksTo(email, await readFile(logFile, 'utf8'));
      const found = await until(links, (all) => all.length > 0);
      return new URL(found.at(-1) ?? '').searchParams.get('token_hash') ?? '';
    },
    close: async () => {
      await running.stop();
      await guardian.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function linksTo(email: string, log: string): string[] {
  return log
    .split('email captured')
    .filter((mail) => mail.includes(`To: ${email}`))
    .flatMap((mail) => /https?:\/\/\S+/.exec(mail)?.[0] ?? []);
}
