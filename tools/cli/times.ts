import { Problem } from '../services/problem.ts';
import type { Given } from './command.ts';

/** Options of a command that looks at a period, and what its help says of them. */
export const periodOptions = { from: { type: 'string' }, to: { type: 'string' } } as const;

/** Both ends as the user said them; null = open. @throws Problem for what is no time, or ends before it begins */
export function periodOf(values: Given['values']): { readonly from: Date | null; readonly to: Date | null } {
  const [from, to] = [timeOf('from', values['from']) ?? null, timeOf('to', values['to']) ?? null];
  if (from && to && from >= to)
    throw new Problem('--to is not after --from', 'The period begins with --from and ends before --to.');
  return { from, to };
}

export function timeOf(option: string, given: string | boolean | undefined): Date | undefined {
  if (typeof given !== 'string') return undefined;
  const time = new Date(given);
  if (Number.isNaN(time.getTime()))
    throw new Problem(`--${option} is no time: ${given}`, 'Give one such as 2026-01-05T00:00:00Z.');
  return time;
}
