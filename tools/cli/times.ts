import { Problem } from '../services/problem.ts';
import type { Given } from './command.ts';

/** Options of a command that looks at a period, and what its help says of them. */
export const periodOptions = { from: { type: 'string' }, to: { type: 'string' } } as const;

/** Both ends as the user said them; null = open. @throws Problem for what is no time, or ends before it begins */
export function periodOf(values: Given['values']): { readonly from: Date | null; readonly to: Date | null } {
  const [from, to] = [timeOf('from', values['from']), timeOf('to', values['to'])];
  if (from && to && from >= to)
    throw new Problem('--to is not after --from', 'The period begins with --from and ends before --to.');
  return { from, to };
}

/** A day or a time without a zone would be another one on each machine, and `new Date` makes a time of nearly anything. */
const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function timeOf(option: string, given: Given['values'][string]): Date | null {
  if (typeof given !== 'string') return null;
  const time = new Date(given);
  if (!zoned.test(given) || Number.isNaN(time.getTime()))
    throw new Problem(`--${option} is no time: ${given}`, 'Give one such as 2026-01-05T00:00:00Z.');
  return time;
}
