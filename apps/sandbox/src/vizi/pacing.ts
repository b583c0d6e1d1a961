import { setTimeout as wait } from 'node:timers/promises';

const atOnce = 64;

/** Runs `run(0)` to `run(count - 1)`: at a constant rate whatever they take, or `atOnce` at a time when the rate is 0. */
export async function paced(
  count: number,
  perSecond: number,
  run: (index: number) => Promise<void>,
): Promise<void> {
  if (perSecond > 0) await openLoop(count, perSecond, run);
  else await closedLoop(count, run);
}

async function openLoop(
  count: number,
  perSecond: number,
  run: (index: number) => Promise<void>,
): Promise<void> {
  const start = performance.now();
  const running = new Set<Promise<void>>();
  for (let index = 0; index < count; index += 1) {
    const aheadMs = start + (index * 1_000) / perSecond - performance.now();
    if (aheadMs > 1) await wait(aheadMs);
    const one: Promise<void> = run(index).finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
}

async function closedLoop(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, line));
}
