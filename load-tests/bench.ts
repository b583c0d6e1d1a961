/**
 * `npm run bench [-- name ... --quick]`: measures the promises on a system of its own and prints what it found, held or
 * not. Fails only when something could not be measured or when the count afterwards shows an id missing or doubled.
 */
import type { BenchContext, Measurement } from './benchmark.ts';
import { select } from './catalogue.ts';
import { circumstances, record } from './report/record.ts';
import { table } from './report/table.ts';
import { startServices, type Services } from './system/services.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const names = args.filter((arg) => !arg.startsWith('--'));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const services = await startServices();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say(`\n${signal}: stopping`);
    void services.close().then(() => process.exit(130));
  });
}

try {
  process.exitCode = (await measure(services)) ? 0 : 1;
} finally {
  await services.close();
}

async function measure(running: Services): Promise<boolean> {
  const under = circumstances(running);
  const { machine, node, postgres, redis } = under;
  say(
    `${machine}; Node ${node}, Postgres ${postgres}, Redis ${redis}${quick ? '; QUICK: short phases' : ''}`,
  );
  const faults: string[] = [];
  const fault = (sentence: string): void => {
    faults.push(sentence);
    say(`  FAULT ${sentence}`);
  };
  const measurements: Measurement[] = [];
  for (const benchmark of select(names)) {
    say(`\n${benchmark.promises.join(', ')}`);
    const context: BenchContext = { services: running, quick, say, fault };
    measurements.push(...(await benchmark.run(context)));
  }
  say(`\n${table(measurements)}`);
  say(`\nWritten to ${await record(names, measurements, faults, under)}`);
  if (faults.length > 0) say(`The count afterwards found ${faults.length} fault(s); see above.`);
  return faults.length === 0;
}
