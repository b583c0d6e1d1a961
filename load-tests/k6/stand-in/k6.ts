/** Stands in for `k6` and `k6/crypto`. */
import { createHmac } from 'node:crypto';
import { builtIn } from './metrics.ts';

/** By what was checked: how often it held and how often not. */
export const checked = new Map<string, { held: number; failed: number }>();

export function check<T>(value: T, checks: Readonly<Record<string, (value: T) => boolean>>): boolean {
  return Object.entries(checks)
    .map(([name, holds]) => {
      const held = holds(value);
      const counts = checked.get(name) ?? { held: 0, failed: 0 };
      counts[held ? 'held' : 'failed'] += 1;
      checked.set(name, counts);
      builtIn.checks.add(held);
      return held;
    })
    .every(Boolean);
}

export function hmac(algorithm: string, secret: string, input: string, encoding: 'hex' | 'base64'): string {
  return createHmac(algorithm, secret).update(input).digest(encoding);
}
