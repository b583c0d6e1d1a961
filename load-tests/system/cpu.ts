import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface Usage {
  readonly pid: number;
  readonly parent: number;
  /** Own time and that of children already ended. */
  readonly cpuMs: number;
}

/** /proc counts in ticks of 1/100 s on every Linux that Node runs on (USER_HZ). */
const TICK_MS = 10;

/** CPU milliseconds used so far by each named process with all its descendants. */
function cpuOf(pids: Readonly<Record<string, number>>): Record<string, number> {
  const all = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, treeTime(all, pid)]));
}

/** CPU spent by each named process while `work` ran. */
export async function cpuDuring<T>(
  pids: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<{ result: T; cpuMs: Record<string, number> }> {
  const before = cpuOf(pids);
  const result = await work();
  const after = cpuOf(pids);
  const cpuMs = Object.fromEntries(
    Object.keys(pids).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]),
  );
  return { result, cpuMs };
}

function treeTime(all: readonly Usage[], root: number): number {
  const own = all.find(({ pid }) => pid === root)?.cpuMs ?? 0;
  const children = all.filter(({ parent }) => parent === root);
  return children.reduce((total, child) => total + treeTime(all, child.pid), own);
}

function fromProc(): Usage[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const line = statOf(name);
      // The command in parentheses may hold anything; the counted fields come after the last one.
      const fields = line
        .slice(line.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      if (fields.length < 15) return [];
      const ticks = fields.slice(11, 15).reduce((total, value) => total + value, 0);
      return [{ pid: Number(name), parent: fields[1] ?? 0, cpuMs: ticks * TICK_MS }];
    });
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It ended between the listing and the reading.
    return '';
  }
}

function fromPs(): Usage[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid = '', parent = '', time = ''] = line.trim().split(/\s+/);
    const seconds = time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
    return { pid: Number(pid), parent: Number(parent), cpuMs: seconds * 1000 };
  });
}
