/** Runs something again and again, each time a while after the last one ended: never twice at once in this process. */
export class Repeat {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param work handles its own errors: one that it throws ends the process as any unhandled one does */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.round = this.work().finally(() => {
        if (!this.stopped) this.start();
      });
    }, this.everyMs);
  }

  /** Resolves when the round under way has ended; none begins after it. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }
}
