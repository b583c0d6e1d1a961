import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** What a measurement is worthless without. */
export interface Machine {
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
}

export function machine(): Machine {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain') === '' ? '' : ' with uncommitted changes';
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    commit: `${git('rev-parse', 'HEAD')}${changed}`,
    machine: `${cores.length} x ${cores[0]?.model.trim() ?? 'unknown'}, ${memory} GB, ${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}
