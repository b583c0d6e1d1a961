import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { type Claim, EffectsRepository, leaseSeconds } from '@visapi/backend-repositories/effects';

/** A claim that is being kept alive. */
export interface HeldClaim {
  /** Aborts when the claim was taken away: whoever works on it must stop touching the outside. */
  readonly signal: AbortSignal;
  release(): void;
}

/** Renews the leases of everything this process works on, all with one statement, whatever their number. */
@Injectable()
export class LeaseKeeper implements OnApplicationShutdown {
  private readonly held = new Map<string, { claim: Claim; lost: AbortController }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly effects: EffectsRepository,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => void this.renew(), (leaseSeconds * 1000) / 3);
    this.timer.unref();
  }

  hold(claim: Claim): HeldClaim {
    const lost = new AbortController();
    const key = keyOf(claim);
    this.held.set(key, { claim, lost });
    return { signal: lost.signal, release: () => this.held.delete(key) };
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    const asked = [...this.held];
    if (asked.length === 0) return;
    try {
      const kept = new Set(
        (
          await this.effects.renew(
            this.database.db,
            asked.map(([, { claim }]) => claim),
          )
        ).map(keyOf),
      );
      for (const [key, { lost }] of asked)
        if (!kept.has(key)) lost.abort(new Error('The claim was taken away'));
    } catch (error) {
      // Unrenewed, the leases run out and another worker takes over; the next round may still be in time.
      this.log.warn('leases not renewed', { count: asked.length }, error);
    }
  }
}

function keyOf({ effectId, attempt }: Claim): string {
  return `${effectId}:${attempt}`;
}
