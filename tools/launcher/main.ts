import { join } from 'node:path';
import { explain } from '../services/problem.ts';
import { parseStartArguments } from './arguments.ts';
import { claimHome } from './home.ts';
import { curlFor, sampleOrder } from './sample-order.ts';
import { readSettings, type Settings } from './settings.ts';
import { checkPorts, startSystem } from './start.ts';
import type { Urls } from './environment.ts';
import type { Secrets } from './secrets.ts';
import { listenForStop } from './stop-request.ts';
import { System } from './system.ts';
import { duration, Terminal } from './terminal.ts';

const terminal = new Terminal();
const began = performance.now();

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  terminal.line(`\n✗ ${explain(error)}`);
  return 1;
});
process.exit();

/** Runs until asked to stop; the status is 0 when it had been ready. */
async function main(args: string[]): Promise<number> {
  const counts = parseStartArguments(args);
  const settings = readSettings(process.env);
  const stop = listenForStop();
  await claimHome(settings.home, (line) => terminal.line(`  ${line}`));
  const system = new System(settings.home, (line) => terminal.line(line));
  let ready = false;
  try {
    await checkPorts(settings);
    const start = startSystem({
      settings,
      counts,
      system,
      terminal,
      given: process.env,
      signal: stop.signal,
    });
    const started = await Promise.race([start, stop.asked]);
    if (started) {
      ready = true;
      announce(settings, started.urls, started.secrets);
      await stop.asked;
    }
  } finally {
    await stopSystem(system);
  }
  return ready ? 0 : 130;
}

async function stopSystem(system: System): Promise<void> {
  const from = performance.now();
  const anything = system.hasChildren;
  if (anything) terminal.line('\nstopping …');
  await system.stop();
  if (anything) terminal.line(`stopped in ${duration(performance.now() - from)}; nothing is left running`);
}

function announce(settings: Settings, urls: Urls, secrets: Secrets): void {
  const order = sampleOrder(new Date());
  terminal.line(`\nVisAPI ready in ${duration(performance.now() - began)}\n`);
  terminal.line(`  backend    ${urls.backend}/api/v1`);
  terminal.line(`  worker     ${urls.worker}/readyz`);
  terminal.line(`  sandbox    ${urls.sandbox}/_control/calls`);
  terminal.line(`  everything else (databases, keys, process ids): ${join(settings.home, 'dev.json')}`);
  terminal.line(`\nPost an order (an invented person) and watch it below:\n`);
  terminal.line(curlFor(urls.backend, secrets.viziApiKey, order.body));
  terminal.line(`\nThen read its timeline:\n`);
  terminal.line(
    `curl -sS -H 'X-API-Key: ${secrets.adminApiKey}' ${urls.backend}/api/v1/orders/${order.id}/timeline`,
  );
  terminal.line(`\nCtrl-C stops everything. One line per order event:\n`);
}
