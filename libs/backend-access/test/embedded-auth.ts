import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authService } from '#services/auth.ts';
import { Guardian } from '#services/guardian.ts';
import { freePort } from '#services/ports.ts';
import { startService } from '#services/service.ts';
import { until } from '@visapi/backend-testing';

export const jwtSecret = 'kJ8vQ2mZ5xR7nW4pL9tB3yC6dF1gH0sA';

/** The Auth server of `npm start`, in a folder that goes away with it. What it would mail stands in its log. */
export async function startEmbeddedAuth() {
  const directory = await mkdtemp(join(tmpdir(), 'visapi-auth-'));
  const guardian = new Guardian();
  const [publishableKey, secretKey] = ['sb_publishable_abcdefgh', 'sb_secret_abcdefgh'];
  const logFile = join(directory, 'auth.log');
  const port = await freePort();
  const siteUrl = 'https://api.visanet.app';
  const options = { directory, logFile, port, jwtSecret, publishableKey, secretKey, siteUrl };
  const spec = await authService(options);
  const running = await startService(spec, guardian);
  const linkTo = async (email: string): Promise<URL> => {
    const links = async () => linksTo(email, await readFile(logFile, 'utf8'));
    const found = await until(links, (all) => all.length > 0);
    return new URL(found.at(-1) ?? '');
  };
  return {
    url: spec.url,
    publishableKey,
    secretKey,
    /** The last link that was mailed to somebody. */
    linkTo,
    lastLink: async (email: string) => (await linkTo(email)).searchParams.get('token_hash') ?? '',
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
