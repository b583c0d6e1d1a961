/**
 * Ends a call with the first of several signals, or after a time. `AbortSignal.any` and `AbortSignal.timeout` say the same,
 * but leave the collector of garbage weak references to clear up for every call; this is let go by hand.
 */
export class CallEnd {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly followed: readonly AbortSignal[];

  constructor(signals: readonly (AbortSignal | undefined)[], timeoutMs?: number) {
    this.followed = signals.filter((signal) => signal !== undefined);
    for (const signal of this.followed) {
      if (signal.aborted) this.controller.abort(signal.reason);
      signal.addEventListener('abort', this.follow, { once: true });
    }
    if (timeoutMs !== undefined) this.timer = setTimeout(this.timeOut, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The call is over. */
  release(): void {
    clearTimeout(this.timer);
    for (const signal of this.followed) signal.removeEventListener('abort', this.follow);
  }

  private readonly follow = ({ target }: Event): void => {
    this.controller.abort((target as AbortSignal).reason);
  };

  private readonly timeOut = (): void => {
    this.controller.abort(new DOMException('The call took too long.', 'TimeoutError'));
  };
}
