/**
 * A process of its own that checks one API key over and over with the code of the backend, everything mounted but nothing
 * listening, and takes SHA-256 of the same bytes in turns with it. Sends what each round took over IPC, then ends.
 * Environment: that of the backend, KEY, ROUNDS.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { Authenticator } from '@visapi/backend-http';

/** Microseconds per check and per digest, of each round. */
export interface KeyCheckResult {
  readonly ours: readonly number[];
  readonly baseline: readonly number[];
}

const CHECKS = 50_000;
const key = process.env.KEY ?? '';
const built = join(import.meta.dirname, '..', '..', 'apps', 'backend', 'dist', 'app.js');

interface Backend {
  readonly app: { readonly get: (token: typeof Authenticator) => Authenticator };
  readonly close: () => Promise<void>;
}

const { createApp } = (await import(built)) as {
  createApp: (environment: NodeJS.ProcessEnv) => Promise<Backend>;
};
const { app, close } = await createApp(process.env);
const authenticator = app.get(Authenticator);
// All that is read of a request.
const request = { headers: { 'x-api-key': key } } as unknown as Parameters<Authenticator['authenticate']>[0];

async function check(): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < CHECKS; n += 1) await authenticator.authenticate(request);
  return ((performance.now() - begun) * 1000) / CHECKS;
}

function digest(): number {
  const begun = performance.now();
  for (let n = 0; n < CHECKS; n += 1) hash('sha256', key, 'buffer');
  return ((performance.now() - begun) * 1000) / CHECKS;
}

const ours: number[] = [];
const baseline: number[] = [];
for (let round = 0; round <= Number(process.env.ROUNDS); round += 1) {
  ours.push(await check());
  baseline.push(digest());
}
await close();
// The first round warmed up.
process.send?.({ ours: ours.slice(1), baseline: baseline.slice(1) } satisfies KeyCheckResult, () =>
  process.exit(),
);
