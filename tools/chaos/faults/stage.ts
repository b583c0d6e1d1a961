import type { Random } from '../random.ts';
import type { Window } from '../scenario.ts';
import type { Owner } from '../system/owner.ts';
import type { RunningSystem } from '../system/running-system.ts';
import type { ChaosShop } from '../system/shop.ts';
import type { Simulators } from '../system/simulators.ts';
import { sleepUntil } from '../wait.ts';
import type { Journal } from './journal.ts';

/** The system under load, with everything that a fault may reach for. */
export interface Stage {
  readonly system: RunningSystem;
  readonly simulators: Simulators;
  readonly owner: Owner;
  readonly shop: ChaosShop;
  readonly journal: Journal;
  /** When the load began, by `performance.now()`, and how long it lasts. */
  readonly beganAt: number;
  readonly loadMs: number;
}

/** Waits for a share of the load's time to be over. */
export async function untilShare({ beganAt, loadMs }: Stage, share: number): Promise<void> {
  await sleepUntil(beganAt + share * loadMs);
}

export async function untilDrawn(stage: Stage, random: Random, [from, to]: Window): Promise<void> {
  await untilShare(stage, from + (to - from) * random());
}
