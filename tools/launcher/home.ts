import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJson } from '../services/files.ts';
import { beganAt, isSameProcess } from '../services/process-identity.ts';
import { Problem } from '../services/problem.ts';
import { stopInOrder, type Watched } from '../services/stop.ts';

/** Who uses this VISAPI_HOME: read by the next `npm start` and by `npm run reset`. */
export interface RunRecord {
  readonly launcher: Identity;
  readonly guardian: Identity;
  readonly children: readonly Watched[];
}

interface Identity {
  readonly pid: number;
  readonly began: string | undefined;
}

const GUARDIAN_TAKES_AT_MOST_MS = 30_000;

const runFile = (home: string) => join(home, 'run.json');

/**
 * Makes the folder ours. Waits while the guardian of a launcher that was killed still stops its system, and stops
 * what is left when both were killed.
 * @throws Problem naming the process when another launcher uses the folder
 */
export async function claimHome(home: string, note: (line: string) => void): Promise<void> {
  // Passable for the unprivileged user that Postgres may have to run as; each file in it is private.
  await mkdir(home, { recursive: true, mode: 0o711 });
  const before = await readJson<RunRecord>(runFile(home));
  if (before) await settle(before, home, note);
  rmSync(runFile(home), { force: true });
  claim(home);
  rmSync(join(home, 'dev.json'), { force: true });
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
}

/** Synchronous: what runs is on disk before anything else can happen. */
export function recordRun(home: string, guardianPid: number, children: readonly Watched[]): void {
  const record: RunRecord = { launcher: identity(process.pid), guardian: identity(guardianPid), children };
  const temporary = `${runFile(home)}.new`;
  writeFileSync(temporary, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(temporary, runFile(home));
}

export function releaseHome(home: string): void {
  rmSync(join(home, 'dev.json'), { force: true });
  rmSync(runFile(home), { force: true });
}

/** Of two that start in the same moment one makes the file, the other is told. */
function claim(home: string): void {
  const record: RunRecord = {
    launcher: identity(process.pid),
    guardian: { pid: 0, began: undefined },
    children: [],
  };
  try {
    writeFileSync(runFile(home), JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Problem(`another npm start is just beginning on ${home}`, 'Let that one run, or try again.', {
      cause,
    });
  }
}

async function settle(
  { launcher, guardian, children }: RunRecord,
  home: string,
  note: (line: string) => void,
) {
  if (isSameProcess(launcher.pid, launcher.began)) {
    throw new Problem(
      `VisAPI already runs on ${home} (process ${launcher.pid})`,
      `Stop it with Ctrl-C or: kill ${launcher.pid}    For a second system set VISAPI_HOME, PORT, WORKER_PORT and SANDBOX_PORT.`,
    );
  }
  const deadline = performance.now() + GUARDIAN_TAKES_AT_MOST_MS;
  if (isSameProcess(guardian.pid, guardian.began))
    note('the last system was killed; waiting until all of it has stopped');
  while (isSameProcess(guardian.pid, guardian.began) && performance.now() < deadline) await delay(50);
  const left = children.filter((child) => isSameProcess(child.pid, child.began));
  if (left.length === 0) return;
  note(
    `stopping what the last system left: ${left.map((child) => `${child.name} (${child.pid})`).join(', ')}`,
  );
  await stopInOrder(left);
}

function identity(pid: number): Identity {
  return { pid, began: beganAt(pid) };
}
