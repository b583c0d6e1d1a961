import { Injectable } from '@nestjs/common';
import { Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { HealthRepository } from '@visapi/backend-repositories/operations';
import { followRelay, type RelayProgress, standsStill } from '../relay-progress.js';

const everyMs = 5_000;

interface RelayCheck {
  readonly state: 'up' | 'down';
  readonly needed: true;
  readonly detail?: string;
}

/** Sees whether committed events are handed on, whichever worker's relay does it. */
@Injectable()
export class WatchRelay {
  private readonly repeat = new Repeat(() => this.look(), everyMs);
  private progress: RelayProgress | undefined;
  private ageSeconds = 0;
  private told = false;

  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
    private readonly log: Log,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    await this.repeat.stop();
  }

  /** @param stuckAfterMs how long one event may be the oldest; 0 = for ever */
  check(stuckAfterMs: number): RelayCheck {
    const detail = `the oldest event that nobody was told of is ${Math.round(this.ageSeconds)} s old`;
    if (!this.progress) return { state: 'up', needed: true };
    return standsStill(this.progress, stuckAfterMs)
      ? { state: 'down', needed: true, detail: `the outbox stands still: ${detail}` }
      : { state: 'up', needed: true, detail };
  }

  /** One look; never throws. */
  async look(): Promise<void> {
    try {
      const oldest = await this.health.oldestUndispatched(this.database.db);
      this.progress = followRelay(this.progress, oldest, performance.now());
      this.ageSeconds = oldest?.ageSeconds ?? 0;
      this.told = false;
    } catch (error) {
      // The database being away is another check's to say; meanwhile nobody can know.
      this.progress = undefined;
      if (!this.told) this.log.warn('outbox not looked at', {}, error);
      this.told = true;
    }
  }
}
