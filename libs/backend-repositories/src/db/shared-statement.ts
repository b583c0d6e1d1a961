import { GroupCommit, runApart, unlessLate } from '@visapi/backend-kernel';
import { isDatabaseUnavailable, isSlowStatement } from './errors.js';

/** Rows that one statement of many callers locks at most; its callers are bounded by the jobs that run at once. */
const limits = { items: 64, bytes: Infinity, inFlight: 1, waitingItems: Infinity, waitingBytes: Infinity };

/** How rows that somebody else holds are met: alone one waits for them, together they are left out. */
export type WhenLocked = 'wait' | 'skip';

/** One step, for one row and for many. */
export interface Step<I, R> {
  /** Of what row the step is: two at once of the same never go together. */
  readonly key: (item: I) => string;
  readonly alone: (item: I) => Promise<R>;
  /**
   * Takes the step for those that can be taken together, with one commit, and never waits for a row of somebody else:
   * statements over many rows would else wait for each other in a circle.
   * @returns what became of those that were taken, by key; the others are taken alone, so it need not be complete
   */
  readonly together: (items: readonly I[]) => Promise<ReadonlyMap<string, R>>;
}

/** How long others gather behind a lone step: enough for a statement, little when a row of somebody else holds it up. */
const lonePatienceMs = 50;

/** What has begun for one caller; nobody else waits for its end. */
interface Begun<R> {
  readonly outcome: Promise<R>;
}

/**
 * Lets jobs that take the same step at the same time share one statement and one commit. A lone job is not delayed, and
 * nobody fails or waits because of a neighbour: what cannot be done together is done alone.
 */
export class SharedStatement<I, R> {
  private readonly group = new GroupCommit<I, Begun<R>>(limits, (items) => runApart(() => this.run(items)));

  constructor(private readonly step: Step<I, R>) {}

  /** @throws as the step alone does */
  async take(item: I): Promise<R> {
    const { outcome } = await unlessLate(this.group.submit(item, 0));
    return await unlessLate(outcome);
  }

  private async run(items: readonly I[]): Promise<PromiseFulfilledResult<Begun<R>>[]> {
    const keys = items.map((item) => this.step.key(item));
    // By place, not by item: two callers may hand in the very same.
    const isFirst = keys.map((key, index) => keys.indexOf(key) === index);
    const firsts = items.filter((_, index) => isFirst[index]);
    const taken = firsts.length > 1 ? await this.tryTogether(firsts) : new Map<string, R>();
    const outcomes = items.map(async (item, index) => {
      const key = keys[index];
      return isFirst[index] && key !== undefined && taken.has(key)
        ? (taken.get(key) as R)
        : await this.step.alone(item);
    });
    const ended = Promise.allSettled(outcomes);
    if (firsts.length === 1) await within(lonePatienceMs, ended);
    return outcomes.map((outcome) => ({ status: 'fulfilled', value: { outcome } }));
  }

  /** A statement that was rolled back has done nothing for anybody. */
  private async tryTogether(items: readonly I[]): Promise<ReadonlyMap<string, R>> {
    try {
      return await this.step.together(items);
    } catch (error) {
      if (isDatabaseUnavailable(error) && !isSlowStatement(error)) throw error;
      return new Map();
    }
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
