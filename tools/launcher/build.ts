import { join } from 'node:path';
import { execa } from 'execa';
import { Guardian } from '../services/guardian.ts';
import { Problem } from '../services/problem.ts';
import { stopOne } from '../services/stop.ts';
import { isBuilt, noteBuild } from './built.ts';
import { REPOSITORY } from './settings.ts';

/** The same for a program that has nobody to watch over its children yet. */
export async function ensureBuilt(): Promise<void> {
  if (await isBuilt()) return;
  const guardian = new Guardian();
  try {
    await buildAll(guardian);
  } finally {
    await guardian.close();
  }
}

/** Builds every app and library, unless nothing has changed; unchanged ones come from the cache. */
export async function buildAll(guardian: Guardian, signal?: AbortSignal): Promise<void> {
  if (await isBuilt()) return;
  const noteSuccess = await noteBuild();
  const nx = join(REPOSITORY, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const build = execa(process.execPath, [nx, 'run-many', '-t', 'build', 'bundle', '--outputStyle=static'], {
    cwd: REPOSITORY,
    // Nx would leave a daemon behind, and the workers of its plugins when it is interrupted.
    env: { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' },
    stdin: 'ignore',
    all: true,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const watched = guardian.watch({
    pid: build.pid ?? 0,
    name: 'build',
    stage: 0,
    stopSignal: 'SIGTERM',
    patienceMs: 2_000,
  });
  const stop = () => void stopOne(watched);
  signal?.addEventListener('abort', stop);
  const { failed, all } = await build;
  signal?.removeEventListener('abort', stop);
  guardian.forget(watched.pid);
  signal?.throwIfAborted();
  if (failed) throw new Problem(`the build failed:\n${all}`, 'Correct the source named above.');
  await noteSuccess();
}
