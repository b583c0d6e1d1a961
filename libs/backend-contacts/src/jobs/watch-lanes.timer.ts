import { Injectable } from '@nestjs/common';
import { Repeat } from '@visapi/backend-kernel';
import { laneStates, Log, Metrics } from '@visapi/backend-observability';
import { CbbClient, type LaneView } from '@visapi/backend-providers';

const everyMs = 1_000;

interface LanesCheck {
  readonly state: 'up' | 'down' | 'off';
  /** A vendor that is away makes nobody unready: the work is kept, and another worker could do no more. */
  readonly needed: false;
  readonly detail?: string;
}

/** Shows which of the vendor's lanes are open, and says what has changed. */
@Injectable()
export class WatchLanes {
  private readonly repeat = new Repeat(() => this.look(), everyMs);
  private readonly told = new Map<string, string>();

  constructor(
    private readonly cbb: CbbClient,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    await this.repeat.stop();
  }

  lanes(): LaneView[] {
    return Object.values(this.cbb.lanes).map((lane) => lane.view());
  }

  check(): LanesCheck {
    if (this.cbb.withheld) return { state: 'off', needed: false, detail: this.cbb.withheld };
    const stopped = this.lanes().filter(({ state }) => state !== 'closed');
    if (stopped.length === 0) return { state: 'up', needed: false };
    const words = stopped.map(
      ({ name, state, reason, since }) => `${name} ${state} since ${since}: ${reason}`,
    );
    return { state: 'down', needed: false, detail: words.join('; ') };
  }

  /** One look; never throws. */
  async look(): Promise<void> {
    for (const lane of this.lanes()) {
      for (const state of laneStates)
        this.metrics.laneState.set({ lane: lane.name, state }, state === lane.state ? 1 : 0);
      this.tell(lane);
    }
    await Promise.resolve();
  }

  private tell({ name, state, reason }: LaneView): void {
    const before = this.told.get(name) ?? 'closed';
    this.told.set(name, state);
    if (before === state) return;
    const line = {
      event: `lane.${state}`,
      vendor: 'cbb',
      reason: reason === null ? name : `${name}: ${reason}`,
    };
    if (state === 'parked') this.log.error('needs attention', line);
    else this.log.warn('lane changed', line);
  }
}
