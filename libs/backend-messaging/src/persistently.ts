import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '@visapi/backend-kernel';
import { isDatabaseUnavailable, isTransientConflict } from '@visapi/backend-repositories';

const tries = 12;

/**
 * Writes down what the outside world has already done: the database being away for a moment must not turn a known
 * outcome into an unknown one. Gives up after about half a minute; the lease has run out by then.
 */
export async function persistently<T>(record: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await record();
    } catch (error) {
      if (attempt >= tries || !(isDatabaseUnavailable(error) || isTransientConflict(error))) throw error;
      await pause(backoffMs({ firstMs: 100, maxMs: 5_000 }, attempt, Math.random()));
    }
  }
}
