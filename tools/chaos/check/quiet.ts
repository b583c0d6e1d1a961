import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../faults/stage.ts';

const everyMs = 200;
const receiptsWithinMs = 20_000;

const openWork = `select
  (select count(*) from deliveries where state = 'open')::int as deliveries,
  (select count(*) from effects where state in ('planned', 'claimed'))::int as effects`;

interface OpenWork {
  readonly deliveries: number;
  readonly effects: number;
}

export async function lookForOpenWork({ owner }: Pick<Stage, 'owner'>): Promise<OpenWork> {
  const [open] = await owner.rows<OpenWork & Record<string, unknown>>(openWork);
  if (!open) throw new Error('The count of open work answered nothing');
  return open;
}

/**
 * Waits until nothing is open.
 * @param since when the last cause was gone (epoch milliseconds)
 * @returns how long after that it was so; undefined when it did not come to that in time
 */
export async function untilQuiet(
  stage: Pick<Stage, 'owner'>,
  since: number,
  withinMs: number,
): Promise<number | undefined> {
  for (;;) {
    const open = await lookForOpenWork(stage);
    const passed = Date.now() - since;
    if (open.deliveries + open.effects === 0) return passed;
    if (passed > withinMs) return undefined;
    await pause(everyMs);
  }
}

/** Meta repeats a receipt that nobody took: the last ones may come a little after everything else. */
export async function untilReceiptsCame({ simulators, ...stage }: Stage): Promise<void> {
  const deadline = performance.now() + receiptsWithinMs;
  while (performance.now() < deadline) {
    const { planned, delivered } = await simulators.receipts();
    const { deliveries } = await lookForOpenWork(stage);
    if (planned === delivered && deliveries === 0) return;
    await pause(everyMs);
  }
}
