import { until } from '@visapi/backend-testing';
import type { TestSystem } from './system.js';

/** Messages of one worker that are between claim and answer at once, at most: its QUEUE_CONCURRENCY. */
export const inFlight = 10;

/** Resolves when the vendor has taken so many messages more than at the call. */
export async function untilSent(system: TestSystem, more: number): Promise<void> {
  const { total: before } = await system.sandbox.sends();
  await until(
    () => system.sandbox.sends(),
    ({ total }) => total >= before + more,
    20_000,
  );
}

/** Resolves when the shop has got so many answers more than at the call. */
export async function untilAnswered({ shop }: TestSystem, more: number): Promise<void> {
  const before = shop.answered;
  await until(
    () => Promise.resolve(shop.answered),
    (answered) => answered >= before + more,
    20_000,
  );
}

/** An outage lasts as long as the scenario says: here time itself is what is waited for. */
export async function lasting(ms: number): Promise<void> {
  const began = performance.now();
  await until(
    () => Promise.resolve(performance.now() - began),
    (passed) => passed >= ms,
    ms + 5_000,
  );
}
