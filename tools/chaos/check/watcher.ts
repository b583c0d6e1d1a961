import { setTimeout as pause } from 'node:timers/promises';
import type { Owner } from '../system/owner.ts';
import type { Doubt } from './evidence.ts';

const everyMs = 250;

const doubtsNow = `select order_id as "orderId", extract(epoch from claimed_at)::float8 * 1000 as "claimedAt",
  extract(epoch from uncertain_at)::float8 * 1000 as "uncertainAt" from effects where state = 'uncertain'`;

/** Looks several times a second which messages are in doubt, so that one that a receipt settles is seen too. */
export class Watcher {
  private readonly owner: Owner;
  private readonly seen = new Map<string, Doubt>();
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(owner: Owner) {
    this.owner = owner;
    this.running = this.watch();
  }

  get doubts(): readonly Doubt[] {
    return [...this.seen.values()];
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await this.look();
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      // While the database is away there is nothing to see.
      await this.look().catch(() => undefined);
      await pause(everyMs);
    }
  }

  private async look(): Promise<void> {
    for (const doubt of await this.owner.rows<Doubt & Record<string, unknown>>(doubtsNow))
      this.seen.set(`${doubt.orderId} ${doubt.uncertainAt}`, doubt);
  }
}
