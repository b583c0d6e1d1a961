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

/**
 * Lets jobs that take the same step at the same time share one statement and one commit. A lone job is not delayed, and
 * nobody fails or waits because of a neighbour: what cannot be done together is done alone.
 */
export class SharedStatement<I, R> {
  private readonly group = new GroupCommit<I, R>(limits, (items) => runApart(() => this.run(items)));

  constructor(private readonly step: Step<I, R>) {}

  /** @throws as the step alone does */
  async take(item: I): Promise<R> {
    return await unlessLate(this.group.submit(item, 0));
  }

  private async run(items: readonly I[]): Promise<PromiseSettledResult<R>[]> {
    const { key, alone } = this.step;
    const firsts = new Map(items.toReversed().map((item) => [key(item), item]));
    const taken = firsts.size > 1 ? await this.tryTogether([...firsts.values()]) : new Map<string, R>();
    const isTaken = (item: I) => firsts.get(key(item)) === item && taken.has(key(item));
    return await Promise.allSettled(
      items.map((item) => (isTaken(item) ? (taken.get(key(item)) as R) : alone(item))),
    );
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
