import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { query } from '../system/query.ts';

const PATIENCE_MS = 120_000;

/**
 * Waits until so many confirmations are accepted, looking every 200 ms (the times themselves are read from the rows).
 * Says so and goes on when that takes too long or nothing moves: the count that follows tells what is missing.
 */
export async function untilQuiet(
  context: BenchContext,
  databaseUrl: string,
  confirmations: number,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let accepted = 0;
  while (performance.now() < deadline) {
    const [row] = await query<{ n: number }>(
      databaseUrl,
      `select count(*)::int as n from effects where kind = 'message' and state = 'accepted'`,
    );
    accepted = row?.n ?? 0;
    if (accepted >= confirmations) return;
    await delay(200);
  }
  context.fault(`only ${accepted} of ${confirmations} confirmations accepted after ${PATIENCE_MS / 1000} s`);
}
