import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;
const SHELLS = /(^|\/)(sh|bash|dash|zsh|ash|busybox)$/;

/**
 * Calls back once when npm, which started us, is gone: killed with SIGKILL it cannot tell us. Between npm and us
 * there may be the shell that runs its script, which would go on waiting for us.
 * Does nothing outside a package script: a program started from a terminal may outlive that terminal's shell.
 */
export function watchParents(onGone) {
  if (!process.env.npm_lifecycle_event) return () => undefined;
  const parent = process.ppid;
  const shell = SHELLS.test(commandOf(parent)) ? parent : undefined;
  const grandparent = shell && parentOf(shell);
  const timer = setInterval(() => {
    const gone = process.ppid !== parent || (shell && parentOf(shell) !== grandparent);
    if (!gone) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function parentOf(pid) {
  if (process.platform !== 'linux') return ask('ppid=', pid);
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}

function commandOf(pid) {
  return process.platform === 'linux' ? readIfThere(`/proc/${pid}/comm`).trim() : ask('comm=', pid);
}

function ask(field, pid) {
  try {
    return execFileSync('ps', ['-o', field, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch (error) {
    // ps answers 1 for a process that is not there.
    if (error.status === 1) return '';
    throw error;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return '';
    throw error;
  }
}
