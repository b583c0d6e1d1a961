import { chmod, chown, mkdir, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { Problem } from './problem.ts';

/** How a program that refuses to run as root is started. */
export interface Unprivileged {
  /** Put before the program and its arguments. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

// initdb wants a user that has a name; `nobody` is the one that every system has.
const NOBODY = 65_534;
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/**
 * As root on Linux a user namespace makes the program see itself as `nobody` while it keeps reading root's files,
 * so no user is made and no file copied. Where namespaces are forbidden (containers) it really becomes `nobody`
 * and the folders in `owned` are handed to it.
 */
export async function unprivileged(program: string, owned: readonly string[]): Promise<Unprivileged> {
  if (process.getuid?.() !== 0) return asOrdinaryUser(program);
  if (process.platform === 'linux' && (await runs([...NAMESPACE, program, '--version']))) {
    for (const folder of owned) await own(folder, 0, 0);
    return { prefix: NAMESPACE };
  }
  const uid = Number(process.env['SUDO_UID'] ?? NOBODY);
  const gid = Number(process.env['SUDO_GID'] ?? NOBODY);
  if (!(await runs([program, '--version'], { uid, gid }))) {
    throw new Problem(
      `Postgres refuses to run as root, this machine allows no user namespaces, and user ${uid} may not read ${program}`,
      'Run as an ordinary user, or move the checkout out of a private folder (such as /root), or set DATABASE_URL.',
    );
  }
  for (const folder of owned) {
    await own(folder, uid, gid);
    // The folder itself stays private; its parent (ours too) must let that user pass.
    await chmod(dirname(folder), 0o711);
  }
  return { prefix: [], uid, gid };
}

/** A container may run as a number without a name, which initdb refuses. */
async function asOrdinaryUser(program: string): Promise<Unprivileged> {
  if (hasName() || process.platform !== 'linux') return { prefix: [] };
  if (await runs([...NAMESPACE, program, '--version'])) return { prefix: NAMESPACE };
  throw new Problem(
    `user ${process.getuid?.()} has no entry in /etc/passwd, without which Postgres makes no database`,
    'Run as a user that has a name, or set DATABASE_URL.',
  );
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch (error) {
    if ((error as { info?: { code?: string } }).info?.code === 'ENOENT') return false;
    throw error;
  }
}

async function runs(
  [file = '', ...args]: string[],
  user: { uid?: number; gid?: number } = {},
): Promise<boolean> {
  const { failed } = await execa(file, args, { ...user, cwd: '/', reject: false });
  return !failed;
}

/** A folder of an earlier run may belong to the other of the two users. */
async function own(folder: string, uid: number, gid: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await stat(folder)).uid !== uid) await handOver(folder, uid, gid);
}

async function handOver(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await handOver(path, uid, gid);
    else await chown(path, uid, gid);
  }
}
