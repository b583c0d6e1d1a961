import { momentsIn, type Random } from '../random.ts';
import type { Fault } from '../scenario.ts';
import { sleepUntil, until } from '../wait.ts';
import { setTimeout as pause } from 'node:timers/promises';
import type { Blow } from './journal.ts';
import { type Stage, untilDrawn, untilShare } from './stage.ts';

/** How long a process may take to end when it is asked to: its own deadline and a little. */
const endsWithinMs = { backend: 10_000, worker: 20_000 } as const;

const backWithinMs = 30_000;
/** How long to wait for the vendor to take a message before striking anyway. */
const amidSendWithinMs = 3_000;

/** One blow after the other: the next one falls when it is due and its victim is back. */
export async function endProcesses(
  stage: Stage,
  fault: Extract<Fault, { kind: 'end-process' }>,
  random: Random,
): Promise<void> {
  const { victims, times, window, amidSend = 0 } = fault;
  const moments = momentsIn(random, times, ...window);
  for (const [index, moment] of moments.entries()) {
    const drawn = fault.choose === 'in-turn' ? index % victims.length : Math.floor(random() * victims.length);
    const isAmidSend = random() < amidSend;
    await untilShare(stage, moment);
    if (isAmidSend) await untilVendorTakes(stage);
    await strike(stage, victims[drawn] ?? '', fault.signal);
  }
}

export async function freezeProcess(
  stage: Stage,
  { victim, window, forMs }: Extract<Fault, { kind: 'freeze-process' }>,
  random: Random,
): Promise<void> {
  const { system, journal } = stage;
  await untilDrawn(stage, random, window);
  await untilVendorTakes(stage);
  const blow: Blow = { name: victim, how: 'SIGSTOP', at: Date.now(), endedAt: undefined, end: undefined };
  journal.blows.push(blow);
  system.signal(victim, 'SIGSTOP');
  await sleepUntil(performance.now() + forMs);
  system.signal(victim, 'SIGCONT');
  blow.endedAt = Date.now();
  journal.gone();
}

async function strike({ system, journal }: Stage, name: string, how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const pid = system.pid(name);
  const heard = system.reports.length;
  const blow: Blow = { name, how, at: Date.now(), endedAt: undefined, end: undefined };
  journal.blows.push(blow);
  system.signal(name, how);
  const told = (): Promise<string | undefined> =>
    Promise.resolve(system.reports.slice(heard).find((line) => line.startsWith(`${name} ended`)));
  const limits = { withinMs: endsWithinMs.worker + backWithinMs, everyMs: 20 };
  blow.end = await until(`${name} ends by ${how}`, told, (line) => line !== undefined, limits);
  blow.endedAt = Date.now();
  await system.restarted(name, pid, backWithinMs);
  journal.gone();
}

/** Resolves in the moment after the vendor has taken a message whose sender has not heard of it. */
async function untilVendorTakes({ simulators }: Stage): Promise<void> {
  const { total } = await simulators.sends();
  const deadline = performance.now() + amidSendWithinMs;
  while (performance.now() < deadline && (await simulators.sends()).total === total) await pause(5);
}
