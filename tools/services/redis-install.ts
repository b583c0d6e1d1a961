import { access, constants } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { Problem } from './problem.ts';

const NAMES = ['redis-server', 'valkey-server'];
const OLDEST_MAJOR = 7;
const INSTALL_BY_HAND =
  'Install Redis 7 or newer (Debian/Ubuntu: sudo apt-get install -y redis-server; macOS: brew install redis), ' +
  'or set REDIS_URL to a server you have (maxmemory-policy noeviction).';

/** Path of a Redis (or Valkey) server of at least version 7; installs one when the machine has none. */
export async function findOrInstallRedis(note: (line: string) => void): Promise<string> {
  const present = await findRedis();
  if (present.file) return present.file;
  if (present.tooOld) note(`${present.tooOld} is too old, looking for a newer one`);
  if (process.platform === 'darwin') await installWithBrew(note);
  else await installWithApt(note);
  const installed = await findRedis();
  if (installed.file) return installed.file;
  throw new Problem(
    installed.tooOld
      ? `the newest Redis this machine offers is ${installed.tooOld}, VisAPI needs ${OLDEST_MAJOR} or newer`
      : 'no redis-server after the installation',
    INSTALL_BY_HAND,
  );
}

async function findRedis(): Promise<{ file?: string; tooOld?: string }> {
  let tooOld: string | undefined;
  for (const file of await candidates()) {
    const { stdout } = await execa(file, ['--version'], { reject: false });
    const version = /v=(\d+)\.(\d+)\.(\d+)/.exec(stdout);
    if (version && Number(version[1]) >= OLDEST_MAJOR) return { file };
    if (version) tooOld = `${file} ${version[0].slice(2)}`;
  }
  return { tooOld };
}

async function candidates(): Promise<string[]> {
  // Debian keeps servers in sbin, Homebrew on Apple silicon outside the default PATH.
  const extra = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];
  const folders = new Set([...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...extra]);
  const files = NAMES.flatMap((name) => [...folders].map((folder) => join(folder, name)));
  const usable = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => usable[index]);
}

async function installWithBrew(note: (line: string) => void): Promise<void> {
  const brew = await execa('brew', ['--version'], { reject: false });
  if (brew.failed)
    throw new Problem('no redis-server on this machine, and no Homebrew to install it', INSTALL_BY_HAND);
  note('installing redis with Homebrew (its service is not started)');
  await run('brew', ['install', 'redis']);
}

async function installWithApt(note: (line: string) => void): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Problem('no redis-server on this machine, and no apt to install it', INSTALL_BY_HAND);
  }
  const asRoot = await rootPrefix();
  const hadService = existsSync('/etc/init.d/redis-server');
  note('installing redis-server with apt');
  const release = await forbidServiceStart(asRoot);
  try {
    await aptInstall(asRoot, note);
  } finally {
    await release();
  }
  if (!hadService) await disablePackagedService(asRoot, note);
}

async function rootPrefix(): Promise<string[]> {
  if (process.getuid?.() === 0) return [];
  const sudo = await execa('sudo', ['-n', 'true'], { reject: false });
  if (!sudo.failed) return ['sudo', '-n'];
  throw new Problem(
    'no redis-server on this machine, and installing it needs root (sudo asks for a password here)',
    'Run: sudo apt-get update && sudo apt-get install -y redis-server    or set REDIS_URL to a server you have.',
  );
}

async function aptInstall(asRoot: string[], note: (line: string) => void): Promise<void> {
  const apt = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  const install = [...apt, 'install', '-y', '--no-install-recommends', 'redis-server'];
  const first = await runList(install, { reject: false });
  if (!first.failed) return;
  // A fresh machine or container has no package lists, an old one has stale ones.
  note('refreshing the package lists');
  await runList([...apt, 'update'], { reject: false });
  const second = await runList(install, { reject: false });
  if (second.failed) {
    throw new Problem(
      `apt could not install redis-server:\n${lastLines(second.stderr)}`,
      `Check the network, then run: ${asRoot.length ? 'sudo ' : ''}apt-get update && ${asRoot.length ? 'sudo ' : ''}apt-get install -y redis-server    or set REDIS_URL.`,
    );
  }
}

/** Debian asks this policy before it starts a packaged service (invoke-rc.d); one that exists is left alone. */
async function forbidServiceStart(asRoot: string[]): Promise<() => Promise<void>> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return async () => undefined;
  await runList([
    ...asRoot,
    'sh',
    '-c',
    `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`,
  ]);
  return async () => {
    await runList([...asRoot, 'rm', '-f', policy]);
  };
}

/** Only for a service that this run has just brought: without it Redis would start at the next boot. */
async function disablePackagedService(asRoot: string[], note: (line: string) => void): Promise<void> {
  const command = existsSync('/run/systemd/system')
    ? ['systemctl', 'disable', '--now', 'redis-server']
    : ['update-rc.d', 'redis-server', 'disable'];
  const { failed, stderr } = await runList([...asRoot, ...command], { reject: false });
  if (failed) note(`could not disable the packaged redis service: ${lastLines(stderr, 1)}`);
}

async function run(file: string, args: string[]): Promise<void> {
  const { failed, stderr } = await execa(file, args, { reject: false });
  if (failed) throw new Problem(`${file} ${args.join(' ')} failed:\n${lastLines(stderr)}`, INSTALL_BY_HAND);
}

async function runList(
  [file = '', ...args]: string[],
  options: { reject?: false } = {},
): Promise<{ failed: boolean; stderr: string }> {
  return execa(file, args, { stdin: 'ignore', ...options });
}

function lastLines(text: string, count = 6): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
