import { Repeat } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';

/** With the second for which a process may hold what it read, the bound on noticing a change: less than five seconds. */
const lookEveryMs = 2_000;

interface Watched {
  /** For the log. */
  readonly name: string;
  /** A text that changes whenever the rows do. */
  fingerprint(): Promise<string>;
  /** The rows are not what they were, or are seen for the first time: forgets what was read of them. */
  changed(): Promise<void>;
}

/** Looks at rows that a cache holds; whoever changes one, even by SQL, need not tell. */
export class RowWatch {
  private readonly looking = new Repeat(() => this.look(), lookEveryMs);
  private seen: string | undefined;
  private isStarted = false;

  constructor(
    private readonly watched: Watched,
    private readonly log: Log,
  ) {}

  /** Once, however often: a provider under two names is started twice. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    void this.look();
    this.looking.start();
  }

  async stop(): Promise<void> {
    await this.looking.stop();
  }

  private async look(): Promise<void> {
    try {
      const found = await this.watched.fingerprint();
      if (found === this.seen) return;
      await this.watched.changed();
      this.seen = found;
    } catch (error) {
      // The next look compares with what was seen last.
      this.log.warn(`${this.watched.name} could not be compared`, {}, error);
    }
  }
}
