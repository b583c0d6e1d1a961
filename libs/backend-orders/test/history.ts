import { invariants } from './invariants.js';
import { operate } from './operators.js';
import type { Plan } from './plan.js';
import { Shop } from './shop.js';
import { Vendor } from './vendor.js';
import { sweep, work } from './workers.js';
import { Death, Process, type Safeguards, type Turns, Violation, World } from './world.js';

/**
 * Lives one history: everybody acts in the order in which turns are given, then all comes to rest and is looked at.
 * @returns what happened, line by line
 */
export async function live(turns: Turns, plan: Plan, guard: Safeguards): Promise<readonly string[]> {
  const world = new World(turns, plan, guard);
  const shop = new Shop(world);
  const vendor = new Vendor(world);
  const outside = { shop, vendor };
  const process = (name: string, death?: number) => new Process(world, name, death);
  const tasks = [
    ...plan.orders.map((said, index) => sell(process('shop'), shop, `IL260105IN${index + 1}`, said)),
    work(process('worker 1', world.deathOf(0)), outside, 9),
    work(process('worker 2', world.deathOf(1)), outside, 9),
    repeatedly(3, async () => await sweep(process('sweep', world.deathOf(2)))),
    tick(world),
    ...plan.operators.map((act) => operate(process('operator'), shop, act)),
    ...(plan.redisForgets ? [forget(process('Redis'))] : []),
  ];
  try {
    const ends = Promise.allSettled(tasks);
    await turns.waitIdle();
    for (const end of await ends)
      if (end.status === 'rejected' && !(end.reason instanceof Death)) throw end.reason;
    await Promise.all(vendor.posts);
    await rest(world, outside, process);
    const wrong = Object.entries(invariants).flatMap(([promise, check]) =>
      check(world, shop).map((what) => `${promise}: ${what}`),
    );
    if (wrong.length > 0) throw new Violation(wrong.join('\n'));
    return world.trace;
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    world.say(error.message);
    throw new Violation(`${error.message}\n\nWhat happened:\n${world.trace.join('\n')}`);
  }
}

async function repeatedly(times: number, act: () => Promise<void>): Promise<void> {
  for (let round = 0; round < times; round += 1) await act();
}

async function sell(
  process: Process,
  shop: Shop,
  orderId: string,
  said: Plan['orders'][number],
): Promise<void> {
  for (const saying of said) {
    await process.step(`posts ${orderId}: ${JSON.stringify(saying)}`);
    shop.deliver(orderId, saying);
  }
}

async function tick(world: World): Promise<void> {
  for (const seconds of world.plan.clock) {
    // Others get to do something meanwhile.
    for (let pause = 0; pause < 4; pause += 1) await world.turn(`clock +${seconds} s`);
    world.now += seconds * 1_000;
    world.say(`--- ${seconds} s later`);
  }
}

async function forget(process: Process): Promise<void> {
  for (let pause = 0; pause < 8; pause += 1) await process.world.turn('Redis: still there');
  await process.step('forgets every job');
  process.world.jobs = [];
}

/** Nothing fails any more and time passes: whatever can still be done is done. */
async function rest(
  world: World,
  outside: Parameters<typeof work>[1],
  process: (name: string) => Process,
): Promise<void> {
  world.isQuiet = true;
  world.say('--- quiet');
  for (let round = 0; round < 12; round += 1) {
    world.now += 40_000;
    await sweep(process('sweep'));
    await work(process('worker'), outside, world.jobs.length + 8);
  }
}
