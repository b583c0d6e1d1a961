import type { Evidence } from './check/evidence.ts';
import { type Figures, figuresOf } from './check/figures.ts';
import { gather } from './check/gather.ts';
import { invariants } from './check/invariants.ts';
import { lookForOpenWork, untilQuiet, untilReceiptsCame } from './check/quiet.ts';
import { Watcher } from './check/watcher.ts';
import { Journal } from './faults/journal.ts';
import { playFaults } from './faults/play.ts';
import type { Stage } from './faults/stage.ts';
import { planOrders } from './plan/orders.ts';
import type { Safeguard } from './safeguards.ts';
import { lasting, type Scenario } from './scenario.ts';
import { ownPostgres } from './system/databases.ts';
import { Owner } from './system/owner.ts';
import { layGround, RunningSystem } from './system/running-system.ts';
import { ChaosShop } from './system/shop.ts';
import { Simulators } from './system/simulators.ts';

export interface RunOptions {
  readonly seed: number;
  /** Instead of the scenario's own; faults keep their places in the shorter or longer time. */
  readonly seconds?: number;
  /** Switched off in the scenario's own database, to see that the checks notice. */
  readonly without?: Safeguard;
  /** False = commits may be lost in a crash of the machine; for specs, which have no time to wait for the disk. */
  readonly durable?: boolean;
  readonly say: (line: string) => void;
}

/** A promise that did not hold, with everything that shows it. */
export interface Broken {
  readonly invariant: string;
  readonly findings: readonly string[];
}

export interface Verdict {
  readonly scenario: string;
  readonly promise: string;
  readonly seed: number;
  readonly seconds: number;
  readonly done: readonly string[];
  readonly figures: Figures;
  readonly quietAfterSeconds: number | undefined;
  readonly uncertain: readonly string[];
  readonly broken: readonly Broken[];
  readonly held: boolean;
  readonly versions: Versions;
}

export interface Versions {
  readonly postgres: string;
  readonly redis: string;
}

const progressEveryMs = 5_000;

/** Plays one scenario on a system of its own and checks afterwards, from outside, what became of it. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Verdict> {
  const seconds = options.seconds ?? scenario.load.seconds;
  const ground = await layGround((home) => ownPostgres(home, options.durable ?? true));
  const system = new RunningSystem(ground, scenario);
  await system.startAll();
  const owner = new Owner(system.urls.database);
  try {
    const stage: Stage = {
      system,
      owner,
      simulators: new Simulators(system.urls.sandbox),
      shop: new ChaosShop(system.urls.backend, system.secrets.viziApiKey),
      journal: new Journal(),
      beganAt: performance.now(),
      loadMs: seconds * 1_000,
    };
    const restore = await options.without?.switchOff(stage);
    const evidence = await play(stage, lasting(scenario, seconds), options);
    await restore?.();
    const verdict = verdictOf(scenario, { ...options, seconds }, stage.journal, evidence);
    return { ...verdict, versions: await versionsOf(stage) };
  } finally {
    await owner.close();
    await system.close();
  }
}

async function play(prepared: Stage, scenario: Scenario, { seed, say }: RunOptions): Promise<Evidence> {
  const { allowed, load, faults } = scenario;
  const bodies = planOrders(load, seed);
  await prepared.simulators.reset(seed);
  const stage = { ...prepared, beganAt: performance.now() };
  const watcher = new Watcher(stage.owner);
  const progress = setInterval(() => void tell(stage, scenario, say), progressEveryMs);
  try {
    const faultsOver = playFaults(stage, faults, seed).finally(() => stage.shop.causesAreGone());
    await Promise.all([stage.shop.play(bodies), faultsOver]);
    const since = Math.max(Date.now(), ...stage.journal.causesGone);
    const quietAfterMs = await untilQuiet(stage, since, allowed.quietWithinSeconds * 1_000);
    await untilReceiptsCame(stage);
    await watcher.stop();
    return await gather(stage, { allowed, quietAfterMs, doubts: watcher.doubts });
  } finally {
    clearInterval(progress);
    stage.shop.stop();
    await watcher.stop().catch(() => undefined);
  }
}

async function tell(stage: Stage, { name }: Scenario, say: (line: string) => void): Promise<void> {
  const { shop, journal, beganAt } = stage;
  const open = await lookForOpenWork(stage).catch(() => undefined);
  const passed = Math.round((performance.now() - beganAt) / 1_000);
  const work = open ? `${open.deliveries + open.effects} open` : 'the database does not answer';
  say(`  ${name}  ${passed} s: ${shop.answered} answered, ${journal.blows.length} processes struck, ${work}`);
}

function verdictOf(
  { name, promise }: Scenario,
  { seed, seconds }: { seed: number; seconds: number },
  { blows, notes }: Journal,
  evidence: Evidence,
): Omit<Verdict, 'versions'> {
  const broken = Object.entries(invariants)
    .map(([invariant, check]) => ({ invariant, findings: check(evidence) }))
    .filter(({ findings }) => findings.length > 0);
  const struck = Map.groupBy(blows, ({ how, name: victim }) => `${how} ${victim}`);
  const done = [...[...struck].map(([what, all]) => `${what} ${all.length} ×`), ...notes];
  const { quietAfterMs } = evidence;
  return {
    scenario: name,
    promise,
    seed,
    seconds,
    done,
    figures: figuresOf(evidence),
    quietAfterSeconds: quietAfterMs === undefined ? undefined : Math.round(quietAfterMs / 100) / 10,
    uncertain: evidence.balance.uncertain,
    broken,
    held: broken.length === 0,
  };
}

async function versionsOf({ owner, system }: Stage): Promise<Versions> {
  const [row] = await owner.rows<{ server_version: string }>('show server_version');
  const info = await system.withRedis((redis) => redis.info('server'));
  return {
    postgres: row?.server_version ?? 'unknown',
    redis: /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
  };
}
