import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began: together with its pid a name that the system never reuses.
 * Undefined when the process is gone; a zombie counts as gone (in a container nobody may ever reap it).
 */
export function beganAt(pid: number): string | undefined {
  return process.platform === 'linux' ? beganOnLinux(pid) : beganByPs(pid);
}

/** True while the very process that was noted as `began` runs. */
export function isSameProcess(pid: number, began: string | undefined): boolean {
  const now = beganAt(pid);
  return now !== undefined && (began === undefined || began === now);
}

function beganOnLinux(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The command stands in parentheses and may hold anything; the state is the first field after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  return state === undefined || state === 'Z' || state === 'X' ? undefined : fields?.[19];
}

function beganByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, began] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : began;
}

/** The command line of a process, as far as the system tells. */
export function commandOf(pid: number): string {
  if (process.platform === 'linux') return (readIfThere(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ');
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between open and read.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
