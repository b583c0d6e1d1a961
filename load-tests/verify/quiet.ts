import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { query } from '../system/query.ts';

const PATIENCE_MS = 20_000;

/**
 * Waits until so many confirmations are accepted, looking every 200 ms (the times themselves are read from the rows). What
 * still waits is counted in the small indexes of what is open: counting what is done would cost the database more with
 * every order, and be paid by what is measured.
 * @throws Error when nothing has moved for 20 s: a figure of a pipeline that stands still would mean nothing
 */
export async function untilQuiet(
  context: BenchContext,
  databaseUrl: string,
  confirmations: number,
): Promise<void> {
  let open = Infinity;
  let movedAt = performance.now();
  for (;;) {
    await delay(200);
    const now = await count(databaseUrl, OPEN);
    if (now === 0 && (await count(databaseUrl, ACCEPTED)) >= confirmations) return;
    if (now !== open) movedAt = performance.now();
    open = now;
    if (performance.now() - movedAt < PATIENCE_MS) continue;
    const accepted = await count(databaseUrl, ACCEPTED);
    const sentence = `${accepted} of ${confirmations} confirmations accepted, and nothing moved for ${PATIENCE_MS / 1000} s`;
    context.fault(sentence);
    throw new Error(sentence);
  }
}

const OPEN = `select (select count(*) from deliveries where state || '' = 'open')
  + (select count(*) from effects where state || '' = 'planned')
  + (select count(*) from effects where state || '' = 'claimed') as n`;
const ACCEPTED = `select count(*) as n from effects where kind = 'message' and state = 'accepted'`;

async function count(databaseUrl: string, statement: string): Promise<number> {
  const [row] = await query<{ n: string }>(databaseUrl, statement);
  return Number(row?.n ?? 0);
}
