// Runs on Node 20 with nothing installed: brings the packages (among them Node 24), then hands over to it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { watchParents } from './launcher/parents.mjs';
import { reset } from './launcher/reset.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const NODE = join(MODULES, 'node', 'bin', 'node');
const STAMP = join(MODULES, '.visapi-installed');

const ENTRIES = {
  start: ['tools/launcher/main.ts'],
  test: ['tools/test/main.ts'],
  bench: ['load-tests/bench.ts'],
  chaos: ['tools/chaos/main.ts'],
  k6: ['load-tests/k6/run.ts'],
  mutate: ['tools/mutate/main.ts'],
  build: ['tools/checks/build.ts'],
  explain: ['tools/queries/explain.ts'],
  generate: ['tools/checks/generated.ts', '--write'],
  visapi: ['tools/cli/main.ts'],
};

// Of npm (which brings pnpm) and of pnpm.
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ECONNRESET|dns error|error sending request/;

/** What went wrong and what to do, without a stack. */
class Problem extends Error {}

const [command = '', ...args] = process.argv.slice(2);

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n✗ ${error instanceof Problem ? error.message : error.stack}`);
  process.exitCode = 1;
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Problem(`Node.js ${process.versions.node} is too old\n  → Install Node.js 20 or newer.`);
  }
  if (command === 'reset') return reset(ROOT);
  const entry = ENTRIES[command];
  if (!entry)
    throw new Problem(`unknown command "${command}"\n  → One of: ${Object.keys(ENTRIES).join(', ')}, reset`);
  await installIfNeeded();
  return handOver([...entry, ...args]);
}

async function installIfNeeded() {
  const wanted = fingerprint();
  if (existsSync(NODE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  const pnpm = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager.split('+')[0];
  const began = Date.now();
  console.log(`  … packages (${pnpm}; the first time this takes a minute)`);
  const { status, output } = await install(pnpm);
  if (status !== 0) throw new Problem(whyInstallFailed(output, pnpm));
  // A build script that did not run (an interrupted install) is made up for, or everything after fails oddly.
  if (!existsSync(NODE)) await rebuild(pnpm);
  writeFileSync(STAMP, wanted);
  console.log(`  ✓ packages      ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Changes whenever another install is due. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} `);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

function install(pnpm) {
  return runPnpm(pnpm, [
    'install',
    '--frozen-lockfile',
    '--config.confirmModulesPurge=false',
    '--reporter=append-only',
  ]);
}

async function rebuild(pnpm) {
  console.log('    the build script of a package did not run; running it now');
  const { status, output } = await runPnpm(pnpm, ['rebuild', '--pending', 'node', 'nx']);
  if (status === 0 && existsSync(NODE)) return;
  throw new Problem(
    `Node.js 24 (package "node") was not installed:\n${lastLines(output)}\n  → Remove node_modules and run the command again.`,
  );
}

function runPnpm(pnpm, pnpmArgs) {
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['-y', pnpm, ...pnpmArgs], {
      cwd: ROOT,
      env: { ...process.env, npm_config_update_notifier: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stopWatching = endWithUs(child);
    const output = [];
    let shown = Date.now();
    const take = (chunk) => {
      output.push(chunk);
      const progress = /Progress: .*|\[WARN\] GET .*/.exec(String(chunk));
      if (!progress || Date.now() - shown < 3_000) return;
      shown = Date.now();
      console.log(`    ${progress[0].slice(0, 160)}`);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => {
      const missing = error.code === 'ENOENT';
      reject(
        missing ? new Problem('npx is missing\n  → Install Node.js 20 or newer together with npm.') : error,
      );
    });
    child.once('close', (status) => {
      stopWatching();
      resolve({ status, output: output.join('') });
    });
  });
}

function whyInstallFailed(output, pnpm) {
  const end = lastLines(output);
  if (NO_NETWORK.test(output)) {
    return `the package registry cannot be reached:\n${end}\n  → Check the network or proxy (npm config get registry), then run the command again.`;
  }
  if (/OUTDATED_LOCKFILE/.test(output)) {
    return `pnpm-lock.yaml does not fit package.json\n  → Run: npx -y ${pnpm} install    and commit pnpm-lock.yaml.`;
  }
  return `the packages could not be installed:\n${end}\n  → Run: npx -y ${pnpm} install    to see all of it.`;
}

/** Runs the Node 24 of the packages in this terminal; its status is ours. */
function handOver(entryArgs) {
  return new Promise((resolve, reject) => {
    const path = [join(MODULES, '.bin'), process.env.PATH].join(delimiter);
    const child = spawn(NODE, entryArgs, {
      cwd: ROOT,
      env: { ...process.env, PATH: path, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' },
      // The channel closes when this process is killed: the other side notices and stops everything.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    const stopWatching = endWithUs(child);
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      stopWatching();
      resolve(signal ? 128 + constants.signals[signal] : status);
    });
  });
}

/** Hands our signals on to the child, and ends it when the command that started us is gone. */
function endWithUs(child) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const stopWatching = watchParents(() => child.kill('SIGTERM'));
  return () => {
    stopWatching();
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function lastLines(text) {
  return text.trim().split('\n').slice(-6).join('\n');
}
