import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { type Claim, EffectsRepository, leaseSeconds } from '@visapi/backend-repositories/effects';

/** A claim that is being kept alive. */
export interface HeldClaim {
  /** Aborts when the claim was taken away: whoever works on it must stop touching the outside. */
  readonly signal: AbortSignal;
  /**
   * Whether the claim still stands. Costs nothing while its lease cannot have run out, and asks the database once it may
   * have, as in a process that stood still. For what must not be done twice, right before it is done.
   */
  stands(): Promise<boolean>;
  release(): void;
}

interface Held {
  readonly claim: Claim;
  readonly lost: AbortController;
  /** The claim stood then, in milliseconds of `performance.now()`. */
  stoodAt: number;
}

/** Half a lease, so that the other half is left for what is done next. */
const surelyStandsMs = (leaseSeconds * 1000) / 2;

/** Renews the leases of everything this process works on, all with one statement, whatever their number. */
@Injectable()
export class LeaseKeeper implements OnApplicationShutdown {
  private readonly held = new Map<string, Held>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly effects: EffectsRepository,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => void this.renewAll(), (leaseSeconds * 1000) / 3);
    this.timer.unref();
  }

  /** @param stoodAt when the claim was asked for, in milliseconds of `performance.now()` */
  hold(claim: Claim, stoodAt = performance.now()): HeldClaim {
    const lost = new AbortController();
    const key = keyOf(claim);
    const held = { claim, lost, stoodAt };
    this.held.set(key, held);
    return {
      signal: lost.signal,
      stands: async () => await this.stands(held),
      release: () => this.held.delete(key),
    };
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async stands(held: Held): Promise<boolean> {
    // Again after the answer: the process may have stood still while it waited for it.
    while (!held.lost.signal.aborted && performance.now() - held.stoodAt > surelyStandsMs)
      await this.renew([held]);
    return !held.lost.signal.aborted;
  }

  private async renewAll(): Promise<void> {
    const all = [...this.held.values()];
    if (all.length === 0) return;
    try {
      await this.renew(all);
    } catch (error) {
      // Unrenewed, the leases run out and another worker takes over; the next round may still be in time.
      this.log.warn('leases not renewed', { count: all.length }, error);
    }
  }

  private async renew(all: readonly Held[]): Promise<void> {
    const askedAt = performance.now();
    const claims = all.map(({ claim }) => claim);
    const kept = new Set((await this.effects.renew(this.database.db, claims)).map(keyOf));
    for (const held of all)
      if (kept.has(keyOf(held.claim))) held.stoodAt = askedAt;
      else held.lost.abort(new Error('The claim was taken away'));
  }
}

function keyOf({ effectId, attempt }: Claim): string {
  return `${effectId}:${attempt}`;
}
