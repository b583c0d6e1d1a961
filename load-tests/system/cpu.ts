import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

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

export interface Spent<T> {
  readonly result: T;
  /** By named process. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** By everything that was not named: the generator, and whoever else uses the machine. */
  readonly otherMs: number;
}

/** CPU spent by each named process, and by all others together, while `work` ran. */
export async function cpuDuring<T>(
  pids: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<Spent<T>> {
  const [before, busyBefore] = [cpuOf(pids), busyMs()];
  const result = await work();
  const [after, busyAfter] = [cpuOf(pids), busyMs()];
  const cpuMs = Object.fromEntries(
    Object.keys(pids).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]),
  );
  const named = Object.values(cpuMs).reduce((total, value) => total + value, 0);
  return { result, cpuMs, otherMs: busyAfter - busyBefore - named };
}

/** What all cores have been busy with since the machine started. */
function busyMs(): number {
  return cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys + times.irq, 0);
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
