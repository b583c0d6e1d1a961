import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import { query } from '../system/query.ts';
import { OPEN_ROWS, type OpenRows } from './open-rows.ts';

const PATIENCE_MS = 20_000;

/**
 * Waits until so many confirmations are accepted, looking every 200 ms (the times themselves are read from the rows). Those
 * are counted only when no delivery and no effect waits any more: to count what is done takes longer with every order.
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
    const now = await waiting(databaseUrl);
    if (now === 0 && (await accepted(databaseUrl)) >= confirmations) return;
    if (now !== open) movedAt = performance.now();
    open = now;
    if (performance.now() - movedAt < PATIENCE_MS) continue;
    const sentence = `${await accepted(databaseUrl)} of ${confirmations} confirmations accepted, and nothing moved for ${PATIENCE_MS / 1000} s`;
    context.fault(sentence);
    throw new Error(sentence);
  }
}

async function waiting(databaseUrl: string): Promise<number> {
  const [open] = await query<{ [Name in keyof OpenRows]: number }>(databaseUrl, OPEN_ROWS);
  if (!open) throw new Error('The count of open rows answered nothing');
  return open.deliveries + open.effects;
}

async function accepted(databaseUrl: string): Promise<number> {
  const text = `select count(*)::int as n from effects where kind = 'message' and state = 'accepted'`;
  const [row] = await query<{ n: number }>(databaseUrl, text);
  if (!row) throw new Error('The count of confirmations answered nothing');
  return row.n;
}
