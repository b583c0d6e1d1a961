import { setTimeout as delay } from 'node:timers/promises';
import { isSameProcess } from './process-identity.ts';

/** A process somebody has to stop. Lower stages stop first; those of one stage together. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly began: string | undefined;
  readonly stage: number;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to stop by itself before it is killed. */
  readonly patienceMs: number;
}

/** Stops all of them stage by stage: asks first, kills after each one's patience (at most `limitMs`). */
export async function stopInOrder(watched: readonly Watched[], limitMs = Infinity): Promise<void> {
  const stages = [...new Set(watched.map((one) => one.stage))].sort((a, b) => a - b);
  for (const stage of stages) {
    const together = watched.filter((one) => one.stage === stage);
    await Promise.all(together.map((one) => stopOne(one, Math.min(one.patienceMs, limitMs))));
  }
}

/** Resolves when the process is gone; `killed` tells whether its patience ran out. */
export async function stopOne(one: Watched, patienceMs = one.patienceMs): Promise<{ killed: boolean }> {
  if (!isSameProcess(one.pid, one.began)) return { killed: false };
  send(one.pid, one.stopSignal);
  const killed = !(await isGone(one, patienceMs));
  // Each one leads its own process group: children that it left behind end with it.
  send(-one.pid, 'SIGKILL');
  await isGone(one, 5_000);
  return { killed };
}

async function isGone(one: Watched, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isSameProcess(one.pid, one.began)) {
    if (performance.now() >= deadline) return false;
    await delay(30);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in the meantime, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
