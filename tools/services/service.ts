import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tailOf } from './files.ts';
import type { Guardian } from './guardian.ts';
import { Problem } from './problem.ts';
import { stopOne } from './stop.ts';

/** How one server process is started, known to be ready, and stopped. */
export interface ServiceSpec {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The unprivileged user to become; only root can. */
  readonly uid?: number;
  readonly gid?: number;
  readonly logFile: string;
  /** Order of stopping: lower stages first. */
  readonly stage: number;
  readonly stopSignal: NodeJS.Signals;
  readonly patienceMs: number;
  /** One look at whether it answers yet; never throws. */
  readonly isReady: () => Promise<boolean>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningService {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly stop: () => Promise<{ killed: boolean }>;
}

/**
 * Starts the process in a group of its own (a terminal's Ctrl-C must not reach it) with its output appended to
 * its log: a file never blocks its writer, as the pipe to a stopped terminal would.
 * @throws the spawn error when the program cannot be executed
 */
export async function spawnService(spec: ServiceSpec, guardian: Guardian): Promise<RunningService> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a', 0o600);
  const { file, args, env, cwd, uid, gid } = spec;
  const child = spawn(file, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  // Told before anything is awaited: from here on the process cannot outlive this one.
  const watched = pid === undefined ? undefined : guardian.watch({ ...stopping(spec), pid });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      if (pid !== undefined) guardian.forget(pid);
      resolve({ code, signal });
    });
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  if (!watched) throw new Error(`${spec.name} has no pid`);
  const stop = async () => {
    const outcome = await stopOne(watched);
    await exited;
    return outcome;
  };
  return { pid: watched.pid, exited, stop };
}

/** Starts one that is not supervised (tests, benchmark) and waits until it answers. */
export async function startService(spec: ServiceSpec, guardian: Guardian): Promise<RunningService> {
  const running = await spawnService(spec, guardian);
  let exit: Exit | undefined;
  void running.exited.then((value) => (exit = value));
  await waitReady(spec, () => exit);
  return running;
}

/** Resolves when the service answers; `ended` tells why it no longer can. */
export async function waitReady(
  spec: ServiceSpec,
  ended: () => Exit | undefined,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await spec.isReady())) {
    const exit = ended();
    if (exit)
      throw await notReady(spec, `ended (${exit.signal ?? `exit code ${exit.code}`}) before it was ready`);
    if (performance.now() > deadline) throw await notReady(spec, `is not ready after ${withinMs / 1000} s`);
    await delay(40);
  }
}

async function notReady(spec: ServiceSpec, what: string): Promise<Problem> {
  return new Problem(
    `${spec.name} ${what}; the end of its log:\n${await tailOf(spec.logFile)}`,
    `Read ${spec.logFile}; \`npm run reset\` starts from nothing when the data is not needed.`,
  );
}

function stopping({ name, stage, stopSignal, patienceMs }: ServiceSpec) {
  return { name, stage, stopSignal, patienceMs };
}
