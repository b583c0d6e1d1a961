import { admit, begin, closed, fail, type Failure, giveUp, type LaneState, probed } from './lane-state.js';
import { parkCauseOf, VendorError } from './vendor-error.js';

/** What others see of a lane. */
export interface LaneView {
  readonly name: string;
  readonly state: LaneState['kind'];
  readonly reason: string | null;
  /** ISO time; null = closed. */
  readonly since: string | null;
}

/** Leave to make one call. Whoever holds it says how the call ended, or that there was none. */
export interface LanePass {
  /** The vendor served the call; a clear no is service too. */
  served(): void;
  failed(error: unknown): void;
  /** Does nothing when it has been said how the call ended. */
  leave(): void;
}

export interface LaneStop {
  readonly waitMs: number;
  /** In the words of the effect that waits for it. */
  readonly reason: string;
}

/**
 * The way to one kind of a vendor's service. It stops when the vendor repeatedly serves nobody, or refuses our account;
 * it then looks at the vendor by itself, with a call that sends nothing, and lets one real call through once that went
 * well. Each process finds out for itself and forgets with its end, so a restart with another token tries at once.
 */
export class VendorLane {
  private state: LaneState = closed;
  private timer: NodeJS.Timeout | undefined;
  private stoppedAt = new Date();

  /** @param look a call that changes nothing and sends nothing */
  constructor(
    readonly name: string,
    private readonly look: () => Promise<unknown>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Why no call may be made now; undefined when one may. */
  stop(): LaneStop | undefined {
    const answer = admit(this.state, this.now(), Math.random());
    if (answer.go) return undefined;
    const { state } = this;
    const reason = state.kind === 'closed' ? '' : state.reason;
    return {
      waitMs: answer.waitMs,
      reason: state.kind === 'parked' ? `parked: ${reason}` : `lane-open: ${reason}`,
    };
  }

  /** Leave to make one call, or for how long there is none. */
  enter(): LanePass | LaneStop {
    const stop = this.stop();
    if (stop) return stop;
    const proves = this.state.kind === 'half-open';
    this.state = begin(this.state);
    let ended = false;
    const end = (next: () => void) => () => {
      if (!ended) next();
      ended = true;
    };
    const pass = {
      served: end(() => this.close()),
      leave: end(() => {
        if (proves) this.move(giveUp(this.state));
      }),
      failed: (error: unknown) => {
        const failure = failureOf(error);
        if (failure) end(() => this.move(fail(this.state, failure, this.now())))();
        else pass.served();
      },
    };
    return pass;
  }

  view(): LaneView {
    const { name, state, stoppedAt } = this;
    if (state.kind === 'closed') return { name, state: state.kind, reason: null, since: null };
    return { name, state: state.kind, reason: state.reason, since: stoppedAt.toISOString() };
  }

  /** Looks at the vendor no more. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** A call that began before the lane stopped proves nothing: what stopped it was heard later. */
  private close(): void {
    if (this.state.kind === 'closed' || this.state.kind === 'half-open') this.move(closed);
  }

  private move(next: LaneState): void {
    if (this.state.kind === 'closed' && next.kind !== 'closed') this.stoppedAt = new Date();
    this.state = next;
    this.end();
    if (next.kind !== 'open' && next.kind !== 'parked') return;
    this.timer = setTimeout(() => void this.probe(), Math.max(0, next.probeAt - this.now()));
    this.timer.unref();
  }

  /** Looks at the vendor now; the lane does so by itself while it is stopped. Never throws. */
  async probe(): Promise<void> {
    const failure = await this.look().then(() => undefined, failureOf);
    this.move(probed(this.state, failure, this.now()));
  }
}

/** Why a lane stops for what a call ended with: undefined when the vendor is there and serves. */
function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof VendorError)) return { kind: 'down', reason: 'internal-error' };
  const cause = parkCauseOf(error);
  if (cause) return { kind: 'parking', cause };
  const isServed = error.kind === 'rejected' || error.kind === 'unexpected' || isOnlyBusy(error);
  return isServed ? undefined : { kind: 'down', reason: error.reason };
}

/** It answers, and asks for patience, or has a business reason. */
function isOnlyBusy({ kind, facts: { status } }: VendorError): boolean {
  return kind === 'unavailable' && (status === 429 || status === 200);
}
