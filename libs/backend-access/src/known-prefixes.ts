import { setTimeout as pause } from 'node:timers/promises';
import { AppError, GroupCommit, GroupFull, runApartFor } from '@visapi/backend-kernel';

/** One statement at a time asks for unknown prefixes, and so often at most: whatever is invented costs no more than that. */
const spacingMs = 20;
const limits = { items: 500, bytes: 1_000_000, inFlight: 1, waitingItems: 5_000, waitingBytes: 2_000_000 };
const lookUpMs = 10_000;

/**
 * Tells prefixes that belong to a key from invented ones before anything is looked up for them. What is known is kept, and
 * as many as there are keys; of invented ones nothing is kept, so that a key works from the moment that it was made.
 */
export class KnownPrefixes {
  private readonly known = new Set<string>();
  private isTold = false;
  private lastAskedAt = -Infinity;
  private readonly questions: GroupCommit<string, boolean>;

  /** @param existing those of the given prefixes that belong to a key */
  constructor(private readonly existing: (prefixes: readonly string[]) => Promise<readonly string[]>) {
    this.questions = new GroupCommit(limits, (prefixes) => runApartFor(lookUpMs, () => this.ask(prefixes)));
  }

  /** These exist. From now on others are asked for first; before, nothing is known of any. */
  tell(prefixes: readonly string[]): void {
    for (const prefix of prefixes) this.known.add(prefix);
    this.isTold = true;
  }

  /** Whether it may be looked up without asking `find` first. */
  isCertain(prefix: string): boolean {
    return !this.isTold || this.known.has(prefix);
  }

  /** @throws AppError `unavailable` when so many are asked for that this one would wait for long */
  async find(prefix: string): Promise<boolean> {
    try {
      return await this.questions.submit(prefix, prefix.length);
    } catch (error) {
      if (!(error instanceof GroupFull)) throw error;
      throw new AppError('unavailable', 'Too many unknown API keys are being looked for; try again.', {
        cause: error,
      });
    }
  }

  private async ask(prefixes: readonly string[]): Promise<PromiseSettledResult<boolean>[]> {
    await pause(Math.max(0, this.lastAskedAt + spacingMs - performance.now()));
    this.lastAskedAt = performance.now();
    const found = new Set(await this.existing([...new Set(prefixes)]));
    for (const prefix of found) this.known.add(prefix);
    return prefixes.map((prefix) => ({ status: 'fulfilled', value: found.has(prefix) }));
  }
}
