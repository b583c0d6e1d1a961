import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import type { AppName } from '#launcher/apps.ts';
import { expectEachOnce } from './invariants.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

const deadlines = { backend: 10_000, worker: 20_000 } as const;

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

/** Asks the process to stop, as a deployment does, and waits until the supervisor tells how it ended. */
async function endOf(running: TestSystem, app: keyof typeof deadlines): Promise<string> {
  const before = running.reports.length;
  running.signal(app, 'SIGTERM');
  const ended = (): Promise<string | undefined> =>
    Promise.resolve(running.reports.slice(before).find((line) => line.startsWith(`${app} ended`)));
  return (await until(ended, (line) => line !== undefined, deadlines[app])) ?? '';
}

describe('SIGTERM', () => {
  it.each(['stopped', 'frozen'])(
    'ends the worker in time and without an error while Redis is %s',
    async (how) => {
      system = await TestSystem.start();
      const orders = mixedOrders(14, 20);
      const answers = await system.shop.burst(orders);
      await expectEachOnce(system, orders, answers);
      if (how === 'stopped') await system.redis.stop();
      else system.redis.freeze();
      expect(await endOf(system, 'worker')).toContain('exit code 0');
      if (how === 'stopped') await system.redis.start();
      else system.redis.thaw();
      const later = mixedOrders(15, 20);
      const more = await system.shop.burst(later);
      await expectEachOnce(system, [...orders, ...later], [...answers, ...more]);
    },
    90_000,
  );
});

describe('after its stop', () => {
  it('the system has left no process', async () => {
    system = await TestSystem.start();
    const pids = (['backend', 'worker', 'sandbox'] satisfies AppName[]).map((app) => system?.pid(app) ?? 0);
    await system.close();
    system = undefined;
    const alive = pids.filter((pid) => isAlive(pid));
    expect(alive).toEqual([]);
  }, 60_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
