import { parseArgs } from 'node:util';
import { Problem } from '#services/problem.ts';

export interface ChaosArguments {
  readonly names: readonly string[];
  readonly seed: number;
  readonly seconds: number | undefined;
  /** Where the result is written as well. */
  readonly json: string | undefined;
  /** The safeguards to switch off, one at a time, instead of the scenarios. */
  readonly without: readonly string[];
}

const usage =
  'npm run chaos [-- F3 F5 ...] [--seed N] [--seconds N] [--json FILE] [--without SAFEGUARD | --without all]';
const largestSeed = 999_999;

/** @throws Problem saying what is wrong and how it is used */
export function parseChaosArguments(args: readonly string[]): ChaosArguments {
  const { values, positionals } = parse(args);
  const drawn = 1 + Math.floor(Math.random() * largestSeed);
  return {
    names: positionals,
    seed: values.seed === undefined ? drawn : whole('seed', values.seed, 1, largestSeed),
    seconds: values.seconds === undefined ? undefined : whole('seconds', values.seconds, 5, 3_600),
    json: values.json,
    without: values.without ?? [],
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      seed: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      without: { type: 'string', multiple: true },
    } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (cause) {
    throw new Problem((cause as Error).message, usage, { cause });
  }
}

function whole(name: string, given: string, least: number, most: number): number {
  const value = /^\d{1,7}$/.test(given) ? Number(given) : NaN;
  if (value >= least && value <= most) return value;
  throw new Problem(`--${name} must be a whole number from ${least} to ${most}, not "${given}"`, usage);
}
