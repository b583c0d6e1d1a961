import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { writeJson } from '#services/files.ts';
import type { Measurement } from '../benchmark.ts';
import type { Services } from '../system/services.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Circumstances {
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
}

/** What a figure is worthless without. */
export function circumstances(services: Services): Circumstances {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain') === '' ? '' : ' with uncommitted changes';
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    commit: `${git('rev-parse', 'HEAD')}${changed}`,
    machine: `${cores.length} x ${cores[0]?.model.trim() ?? 'unknown'}, ${memory} GB, ${platform()} ${release()} ${arch()}`,
    node: process.version,
    ...services.versions,
  };
}

/** Writes everything that was measured under `$VISAPI_HOME/bench`; answers the file's path. */
export async function record(
  names: readonly string[],
  measurements: readonly Measurement[],
  faults: readonly string[],
  under: Circumstances,
): Promise<string> {
  const folder = resolve(ROOT, process.env.VISAPI_HOME ?? '.visapi', 'bench');
  await mkdir(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${at.replace(/[:.]/g, '-')}-${names.join('-') || 'all'}.json`);
  await writeJson(file, { at, ...under, faults, measurements });
  return relative(process.cwd(), file);
}
