import { join } from 'node:path';
import { startService, type RunningService } from '#services/service.ts';
import type { Services } from './services.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface NodeProcess {
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
  /** Order of stopping: who takes work in stops before who does it, and both before the servers (4). */
  readonly stage: 1 | 2 | 3;
}

/** Starts one of our processes, or a baseline's, and waits until it answers 200 at `readyUrl`. */
export function startNode(
  services: Services,
  { name, file, flags, env, readyUrl, stage }: NodeProcess,
): Promise<RunningService> {
  return startService(
    {
      name,
      file: process.execPath,
      args: [...flags, ...profiling(services, name), join(ROOT, file)],
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...env },
      cwd: ROOT,
      logFile: join(services.home, 'logs', `${name}.log`),
      stage,
      stopSignal: 'SIGTERM',
      patienceMs: 25_000,
      isReady: () => answers(readyUrl),
    },
    services.guardian,
  );
}

/** Only sampled: what it shows is where time goes, not how fast it would be. */
function profiling({ profiles }: Services, name: string): string[] {
  if (profiles === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet; the caller has the deadline and shows the log.
    return false;
  }
}
