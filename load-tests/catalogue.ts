import { Problem } from '#services/problem.ts';
import type { Benchmark } from './benchmark.ts';
import { cachedRead } from './promises/cached-read.ts';
import { coldStart } from './promises/cold-start.ts';
import { duplicateStorm } from './promises/duplicate-storm.ts';
import { endToEnd } from './promises/end-to-end.ts';
import { footprint } from './promises/footprint.ts';
import { growth } from './promises/growth.ts';
import { ingestMaximum } from './promises/ingest-maximum.ts';
import { ingestSteady } from './promises/ingest-steady.ts';
import { keyCheck } from './promises/key-check.ts';
import { soak } from './promises/soak.ts';
import { startDelay } from './promises/start-delay.ts';

const ALL: readonly Benchmark[] = [
  ingestMaximum,
  ingestSteady,
  duplicateStorm,
  endToEnd,
  startDelay,
  cachedRead,
  keyCheck,
  footprint,
  coldStart,
  growth,
  soak,
];

/**
 * The benchmarks that names ask for: promises (`S1`), groups (`ingest`), or none for all but those that run only by name.
 * @throws Problem naming what there is when a name is unknown
 */
export function select(names: readonly string[]): Benchmark[] {
  const known = (benchmark: Benchmark): string[] => [...benchmark.promises, benchmark.group];
  const unknown = names.filter((name) => !ALL.some((benchmark) => known(benchmark).includes(name)));
  if (unknown.length > 0) {
    const choices = [...new Set(ALL.flatMap(known))].sort().join(', ');
    throw new Problem(`there is no benchmark named ${unknown.join(', ')}`, `One or more of: ${choices}`);
  }
  return ALL.filter((benchmark) =>
    names.length === 0
      ? benchmark.onlyByName !== true
      : known(benchmark).some((name) => names.includes(name)),
  );
}
