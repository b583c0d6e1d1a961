/**
 * `npm run bench [-- name ... --quick --profile]`: measures the promises on a system of its own and prints what it found,
 * held or not; with a profile of each process beside the result. Fails only when something could not be measured or when the count afterwards shows an id missing or doubled.
 */
import { explain } from '#services/problem.ts';
import { buildAll } from '../tools/launcher/build.ts';
import type { BenchContext, Benchmark, Measurement } from './benchmark.ts';
import { select } from './catalogue.ts';
import { circumstances, folderOfRecords, record } from './report/record.ts';
import { table } from './report/table.ts';
import { startServices } from './system/services.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`\n✗ ${explain(error)}`);
  return 1;
});
process.exit();

/** The exit status. */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const quick = args.includes('--quick');
  const benchmarks = select(names);
  const services = await startServices(args.includes('--profile') ? folderOfRecords() : undefined);
  const stop = (): void => {
    say('\nstopping');
    void services.close().then(() => process.exit(130));
  };
  // 'disconnect': the command that started us is gone, nobody reads the result.
  for (const end of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.once(end, stop);
  const faults: string[] = [];
  const fault = (sentence: string): void => {
    faults.push(sentence);
    say(`  FAULT ${sentence}`);
  };
  const measurements: Measurement[] = [];
  try {
    await measure(benchmarks, { services, quick, say, fault }, measurements);
    return faults.length === 0 ? 0 : 1;
  } finally {
    // What was measured before something broke is worth its minutes.
    say(`\n${table(measurements)}`);
    say(`\nWritten to ${await record(names, measurements, faults, circumstances(services))}`);
    if (faults.length > 0) say(`The counts found ${faults.length} fault(s); see above.`);
    await services.close();
  }
}

/** Adds to `measurements` as they come. */
async function measure(
  benchmarks: readonly Benchmark[],
  context: BenchContext,
  measurements: Measurement[],
): Promise<void> {
  const { machine, node, postgres, redis } = circumstances(context.services);
  const quick = context.quick ? '; QUICK: phases too short to quote' : '';
  say(`${machine}; Node ${node}, Postgres ${postgres}, Redis ${redis}${quick}`);
  await buildAll(context.services.guardian);
  for (const benchmark of benchmarks) {
    say(`\n${benchmark.promises.join(', ')}`);
    measurements.push(...(await benchmark.run(context)));
  }
}
