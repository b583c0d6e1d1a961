import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { query } from '../system/query.ts';

const PATIENCE_MS = 20_000;

/**
 * Waits until so many confirmations are accepted, looking every 200 ms (the times themselves are read from the rows).
 * @throws Error when nothing has moved for 20 s: a figure of a pipeline that stands still would mean nothing
 */
export async function untilQuiet(
  context: BenchContext,
  databaseUrl: string,
  confirmations: number,
): Promise<void> {
  let accepted = 0;
  let movedAt = performance.now();
  while (accepted < confirmations) {
    await delay(200);
    const now = await acceptedConfirmations(databaseUrl);
    if (now > accepted) movedAt = performance.now();
    accepted = now;
    if (performance.now() - movedAt < PATIENCE_MS) continue;
    const sentence = `${accepted} of ${confirmations} confirmations accepted, and nothing moved for ${PATIENCE_MS / 1000} s`;
    context.fault(sentence);
    throw new Error(sentence);
  }
}

async function acceptedConfirmations(databaseUrl: string): Promise<number> {
  const [row] = await query<{ n: number }>(
    databaseUrl,
    `select count(*)::int as n from effects where kind = 'message' and state = 'accepted'`,
  );
  return row?.n ?? 0;
}
