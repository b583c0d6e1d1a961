import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';

// Any of these shows that the folder was made by `npm start` or the benchmark.
const OURS = ['secrets.json', 'run.json', 'ports.json', 'bench'];

/** Wipes VISAPI_HOME. Needs nothing installed, and refuses while a system uses the folder. */
export function reset(root) {
  const home = resolve(root, process.env.VISAPI_HOME || '.visapi');
  if (!existsSync(home) || readdirSync(home).length === 0) {
    console.log(`${home} is empty, nothing to do`);
    return 0;
  }
  const refusal = whyNot(home, root);
  if (refusal) {
    console.error(`✗ ${refusal}`);
    return 1;
  }
  rmSync(home, { recursive: true, force: true });
  console.log(`wiped ${home}: the next npm start begins with an empty database and new keys`);
  return 0;
}

function whyNot(home, root) {
  const holds = (folder) => !relative(home, folder).startsWith('..');
  if (holds(root) || holds(homedir()) || !OURS.some((name) => existsSync(join(home, name)))) {
    return `${home} was not made by VisAPI\n  → Set VISAPI_HOME to the folder you mean.`;
  }
  const user = runningOn(home);
  return (
    user &&
    `VisAPI runs on ${home} (process ${user})\n  → Stop it with Ctrl-C or: kill ${user}    then reset.`
  );
}

/** Pid of the launcher, or of the guardian that still stops its system. */
function runningOn(home) {
  const file = join(home, 'run.json');
  if (!existsSync(file)) return undefined;
  const { launcher, guardian } = JSON.parse(readFileSync(file, 'utf8'));
  return [launcher, guardian].map(({ pid }) => pid).find((pid) => pid > 0 && isNode(pid));
}

function isNode(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  // The pid may belong to another program by now, and a zombie has no command line.
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
}
