/**
 * Prints how the code stands against the numbers it is held to. Targets are shown as held or not; only a broken hard
 * cap (a file too long, an `any`, a suppression without its reason) makes the check fail. The hops of a webhook are a
 * matter of walls: `tools/architecture/architecture.spec.ts` keeps them at three in and three out.
 */
import { join } from 'node:path';
import { isCommand, isEntry } from '../architecture/naming.ts';
import { readSourceTree, type Source } from '../architecture/source-tree.ts';

interface Row {
  readonly measure: string;
  readonly value: string;
  readonly target: string;
  readonly held: boolean;
  readonly hardCap?: boolean;
}

const MAX_LINES = 300;
const MAX_TEST_LINES = 400;
const SUPPRESSION =
  /eslint-disable(?!.* -- \S)|@ts-(ignore|nocheck)|@ts-expect-error(?!\s+\S)|prettier-ignore(?!\s+\S)/;

const tree = readSourceTree(join(import.meta.dirname, '..', '..'));
/** What a program writes is as long as its source demands. */
const sources = tree.sources.filter((source) => !source.isTest && !source.path.endsWith('.gen.ts'));
const tests = tree.sources.filter((source) => source.isTest);
const offenders = [...longFiles(), ...looseTypes(), ...silentSuppressions()];
const rows = [...sizeRows(), ...shapeRows(), ...capRows()];

printTable(rows);
for (const offender of offenders) process.stdout.write(`${offender}\n`);
process.exitCode = rows.some((row) => row.hardCap === true && !row.held) ? 1 : 0;

function sizeRows(): Row[] {
  const sizes = sources.map(linesOf).sort((a, b) => a - b);
  const small = sizes.filter((size) => size <= 15).length / Math.max(1, sizes.length);
  const [median, p95, longest] = [quantile(sizes, 0.5), quantile(sizes, 0.95), sizes.at(-1) ?? 0];
  return [
    { measure: 'lines, median', value: String(median), target: '60', held: median <= 60 },
    { measure: 'lines, p95', value: String(p95), target: '200', held: p95 <= 200 },
    {
      measure: 'lines, longest',
      value: String(longest),
      target: '300',
      held: longest <= MAX_LINES,
      hardCap: true,
    },
    { measure: 'files of <= 15 lines', value: percent(small), target: '<= 15 %', held: small <= 0.15 },
  ];
}

function shapeRows(): Row[] {
  const total = sum(sources.map(linesOf));
  const imports = sum(sources.map((source) => source.importLines)) / Math.max(1, total);
  const ratio = sum(tests.map(linesOf)) / Math.max(1, total);
  const widest = Math.max(0, ...sources.filter(isHandler).map((source) => source.dependencies));
  const barrels = sources.filter((source) => source.path.endsWith('/index.ts') && !isEntry(source)).length;
  return [
    { measure: 'barrels not in exports', value: String(barrels), target: '0', held: barrels === 0 },
    { measure: "imports' share of lines", value: percent(imports), target: '<= 10 %', held: imports <= 0.1 },
    { measure: 'dependencies per handler', value: String(widest), target: '<= 5', held: widest <= 5 },
    {
      measure: 'test : source lines',
      value: ratio.toFixed(2),
      target: '0.8 - 1.5',
      held: ratio >= 0.8 && ratio <= 1.5,
    },
  ];
}

function capRows(): Row[] {
  const thousands = Math.max(1, sum(tree.sources.map(linesOf))) / 1000;
  const loose = sum(tree.sources.map((source) => source.anyKeywords));
  const silent = silentSuppressions().length;
  const perThousand = (count: number): string => (count / thousands).toFixed(2);
  const longTests = tests.filter((test) => linesOf(test) > MAX_TEST_LINES).length;
  return [
    { measure: 'any per kLOC', value: perThousand(loose), target: '0', held: loose === 0, hardCap: true },
    {
      measure: 'silent suppressions per kLOC',
      value: perThousand(silent),
      target: '0',
      held: silent === 0,
      hardCap: true,
    },
    {
      measure: 'tests over 400 lines',
      value: String(longTests),
      target: '0',
      held: longTests === 0,
      hardCap: true,
    },
  ];
}

function longFiles(): string[] {
  return [...sources, ...tests]
    .filter((source) => linesOf(source) > (source.isTest ? MAX_TEST_LINES : MAX_LINES))
    .map((source) => `${source.path} has ${linesOf(source)} lines: split it by what it does.`);
}

function looseTypes(): string[] {
  return tree.sources
    .filter((source) => source.anyKeywords > 0)
    .map((source) => `${source.path} says any ${source.anyKeywords} time(s): name the type or use unknown.`);
}

function silentSuppressions(): string[] {
  return tree.sources.flatMap((source) =>
    source.text
      .split('\n')
      .flatMap((line, index) =>
        SUPPRESSION.test(line) ? [`${source.path}:${index + 1} suppresses a check without saying why.`] : [],
      ),
  );
}

function isHandler(source: Source): boolean {
  return isCommand(source) || /\.(query|processor)\.ts$/.test(source.path);
}

function linesOf(source: Source): number {
  return source.text.trimEnd().split('\n').length;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function printTable(table: readonly Row[]): void {
  const line = (measure: string, value: string, target: string, held: string): string =>
    `${measure.padEnd(30)}${value.padStart(10)}${target.padStart(12)}  ${held}\n`;
  process.stdout.write(line('measure', 'here', 'target', ''));
  for (const row of table) {
    process.stdout.write(line(row.measure, row.value, row.target, row.held ? 'held' : 'not held'));
  }
}
