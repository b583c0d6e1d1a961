import { parseArgs } from 'node:util';
import { Problem } from '../services/problem.ts';

export interface StartArguments {
  readonly workers: number;
  readonly backends: number;
}

const USAGE = 'npm start [-- --workers N --backends N]    (each 0 to 16, default 1)';

export function parseStartArguments(args: readonly string[]): StartArguments {
  const values = parse(args);
  return { workers: count('workers', values.workers), backends: count('backends', values.backends) };
}

function parse(args: readonly string[]): { workers?: string; backends?: string } {
  try {
    const options = { workers: { type: 'string' }, backends: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new Problem((cause as Error).message, USAGE, { cause });
  }
}

function count(name: string, given = '1'): number {
  const value = /^\d{1,2}$/.test(given) ? Number(given) : NaN;
  if (!(value <= 16))
    throw new Problem(`--${name} must be a whole number from 0 to 16, not "${given}"`, USAGE);
  return value;
}
