import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const MB = 1024 * 1024;

/** What one process holds in memory now (RSS), in MB; without its children, as ours have none. */
export function residentMb(pid: number): number {
  if (!existsSync('/proc/self/status')) {
    return (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024) / MB;
  }
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kb === undefined) throw new Error(`Process ${pid} shows no memory: it has ended`);
  return (Number(kb) * 1024) / MB;
}
