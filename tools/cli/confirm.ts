import { createInterface } from 'node:readline/promises';
import { Problem } from '../services/problem.ts';

/**
 * Asks before something that cannot be undone, unless it was confirmed with --yes. Asked on standard error: what a
 * script reads stays clean.
 * @throws Problem when nobody confirms it, or nobody can be asked
 */
export async function confirm(
  what: string,
  isConfirmed: boolean,
  { stdin, stderr }: Pick<NodeJS.Process, 'stdin' | 'stderr'> = process,
): Promise<void> {
  if (isConfirmed) return;
  if (!stdin.isTTY) throw new Problem(`${what} was not confirmed`, 'Nobody can be asked here: add --yes.');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${what}? Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new Problem('nothing was done', 'It was not confirmed.');
  } finally {
    lines.close();
  }
}
