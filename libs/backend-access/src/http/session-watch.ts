import { Repeat } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import type { Database } from '@visapi/backend-repositories';
import type { SessionRow, SessionsRepository } from '@visapi/backend-repositories/access';

/** How late a process may notice that a session ended in another one, with what the look takes. */
const lookEveryMs = 2_000;
/** A process that could not look for longer asks the database about every session. */
const freshMs = 4_000;
/** Now and then all are read anew, so that those whose tokens are long dead are let go. */
const fullEveryMs = 3_600_000;
const mostSeen = 10_000;

/** Knows which sessions have ended, in whichever process: no request asks the database for it. */
export class SessionWatch {
  private readonly looking = new Repeat(() => this.look(), lookEveryMs);
  private ended = new Set<string>();
  /** Those known before all were last read anew: who ended one meanwhile may have been too late to be among those read. */
  private before = new Set<string>();
  /** Those that are written down and had not ended when they were first met. */
  private readonly seen = new Set<string>();
  private lookedAt = -Infinity;
  private fullAt = -Infinity;
  private since: Date | undefined;

  /** @param isOn false = nobody signs in here, so there is nothing to look for */
  constructor(
    private readonly store: { readonly database: Database; readonly sessions: SessionsRepository },
    private readonly log: Log,
    private readonly isOn: boolean,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.isOn) return;
    void this.look();
    this.looking.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looking.stop();
  }

  hasEnded(id: string): boolean {
    return this.ended.has(id) || this.before.has(id);
  }

  /** Whether it is known without asking that the session goes on. */
  isKnown(id: string): boolean {
    return this.seen.has(id) && performance.now() - this.lookedAt < freshMs;
  }

  async find(id: string): Promise<SessionRow | undefined> {
    const row = await this.store.sessions.find(this.store.database.db, id);
    if (row) this.note(row);
    return row;
  }

  note({ id, endedAt }: Pick<SessionRow, 'id' | 'endedAt'>): void {
    if (endedAt !== null) this.end([id]);
    else {
      if (this.seen.size >= mostSeen) this.seen.clear();
      this.seen.add(id);
    }
  }

  /** This process ended them: it need not look. */
  end(ids: readonly string[]): void {
    for (const id of ids) this.ended.add(id);
  }

  private async look(): Promise<void> {
    const begun = performance.now();
    const isFull = begun - this.fullAt > fullEveryMs;
    try {
      const since = isFull ? undefined : this.since;
      const { ids, at } = await this.store.sessions.endedSince(this.store.database.db, since);
      if (isFull) [this.before, this.ended, this.fullAt] = [this.ended, new Set(ids), begun];
      else this.end(ids);
      this.since = at;
      this.lookedAt = begun;
    } catch (error) {
      // The next look starts where the last one ended.
      this.log.warn('ended sessions could not be read', {}, error);
    }
  }
}
