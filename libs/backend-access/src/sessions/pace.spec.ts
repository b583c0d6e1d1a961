import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inSameTime, inWholeSteps } from './pace.js';

async function lasting(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work.catch(() => undefined);
  return performance.now() - begun;
}
const nobody = (): void => undefined;

describe('what must not show by its time whether it was done', () => {
  it('takes the same when there was nothing to do and when there was much', async () => {
    const endless = Promise.withResolvers<void>().promise;
    const [idle, busy] = await Promise.all([
      lasting(inSameTime(200, Promise.resolve(), nobody)),
      lasting(inSameTime(200, endless, nobody)),
    ]);
    expect(Math.abs(idle - busy)).toBeLessThan(100);
    expect(Math.min(idle, busy)).toBeGreaterThan(190);
    expect(busy).toBeLessThan(2_000);
  });

  it('fails with what it failed with, in that time, too', async () => {
    const failed = inSameTime(100, Promise.reject(new Error('away')), nobody);
    const [took] = await Promise.all([lasting(failed), expect(failed).rejects.toThrow('away')]);
    expect(took).toBeGreaterThan(90);
  });

  it('tells of what failed later', async () => {
    const late = Promise.withResolvers<unknown>();
    const failing = Promise.withResolvers<void>();
    await inSameTime(20, failing.promise, late.resolve);
    failing.reject(new Error('late'));
    await expect(late.promise).resolves.toMatchObject({ message: 'late' });
  });

  it('takes whole steps where it has to be waited for', async () => {
    const [idle, busy] = await Promise.all([
      lasting(inWholeSteps(100, Promise.resolve())),
      lasting(inWholeSteps(100, pause(120).then(nobody))),
    ]);
    expect(idle).toBeGreaterThan(90);
    expect(busy).toBeGreaterThan(190);
  });
});
