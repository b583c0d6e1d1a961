import { createRequire } from 'node:module';
import { execa } from 'execa';
import type { Guardian } from '../services/guardian.ts';
import { Problem } from '../services/problem.ts';
import { REPOSITORY } from './settings.ts';

/** Builds every app and library; unchanged ones come from the cache. */
export async function buildAll(guardian: Guardian, signal?: AbortSignal): Promise<void> {
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  const build = execa(process.execPath, [nx, 'run-many', '-t', 'build', '--outputStyle=static'], {
    cwd: REPOSITORY,
    // Nx would leave a daemon behind.
    env: { NX_DAEMON: 'false' },
    stdin: 'ignore',
    all: true,
    reject: false,
    detached: true,
    cleanup: false,
    cancelSignal: signal,
  });
  const pid = build.pid ?? 0;
  if (pid) guardian.watch({ pid, name: 'build', stage: 0, stopSignal: 'SIGTERM', patienceMs: 2_000 });
  const { failed, isCanceled, all } = await build;
  guardian.forget(pid);
  if (failed && !isCanceled)
    throw new Problem(`the build failed:\n${all}`, 'Correct the source named above.');
}
