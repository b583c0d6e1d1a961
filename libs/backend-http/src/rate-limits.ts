import { AppError } from '@visapi/backend-kernel';
import type { LimitsConfig } from '@visapi/backend-config';
import type { Log, Metrics } from '@visapi/backend-observability';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type BudgetName, type Caller, sizesOf, type Taken, windowSeconds } from './rate-limit.js';

/**
 * What becomes of a request that Redis cannot count. Sign-in is refused, for passwords could be guessed without end; a
 * webhook passes, for a refused order may never come again; everybody else is counted by this process alone.
 */
const whenAway: Readonly<Record<BudgetName, 'count-here' | 'let-pass' | 'refuse'>> = {
  default: 'count-here',
  webhook: 'let-pass',
  'sign-in': 'refuse',
};

/** So long Redis is not asked again after it has not answered: nobody else should wait for it meanwhile. */
const avoidedMs = 1_000;

interface Budget {
  readonly shared: RateLimiterRedis;
  readonly here: RateLimiterMemory;
}

/**
 * Counts requests in Redis, for all processes together, in windows of a minute that begin with a caller's first request.
 * While Redis is away each process counts for itself from zero: a caller then has at most one budget per process more.
 */
export class RateLimits {
  readonly sizes: Readonly<Record<BudgetName, number>>;
  private readonly budgets: ReadonlyMap<BudgetName, Budget>;
  private avoidedUntil = 0;
  private isAway = false;

  /** @param redis a client of ioredis whose commands fail soon while the server is away */
  constructor(
    config: LimitsConfig,
    redis: object,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.sizes = sizesOf(config);
    const names = (Object.keys(this.sizes) as BudgetName[]).filter((name) => this.sizes[name] > 0);
    this.budgets = new Map(names.map((name) => [name, budgetOf(name, this.sizes[name], redis)]));
  }

  /**
   * Takes a request from the budget.
   * @returns undefined when it has no limit, or none that could be asked and need not be
   * @throws AppError `unavailable` for sign-in while Redis is away
   */
  async take(name: BudgetName, caller: Caller): Promise<Taken | undefined> {
    const budget = this.budgets.get(name);
    if (!budget) return undefined;
    const id = `${caller.kind}:${caller.id}`;
    const counted = await this.countTogether(budget, id);
    if (counted) return this.read(name, caller, counted);
    switch (whenAway[name]) {
      case 'let-pass':
        return undefined;
      case 'refuse':
        throw new AppError('unavailable', 'Signing in is not possible for a moment.', {
          retryAfterSeconds: 5,
        });
      case 'count-here':
        return this.read(name, caller, await consume(budget.here, id));
    }
  }

  private async countTogether({ shared }: Budget, id: string): Promise<Counted | undefined> {
    if (performance.now() < this.avoidedUntil) return undefined;
    try {
      const counted = await consume(shared, id);
      this.isAway = false;
      return counted;
    } catch (error) {
      if (!this.isAway) this.log.warn('requests cannot be counted in Redis', {}, error);
      this.isAway = true;
      this.avoidedUntil = performance.now() + avoidedMs;
      return undefined;
    }
  }

  private read(budget: BudgetName, caller: Caller, { result, isOver }: Counted): Taken {
    if (isOver) this.metrics.rateLimited.inc({ budget, caller: caller.kind });
    return {
      budget,
      caller,
      limit: this.sizes[budget],
      remaining: isOver ? 0 : result.remainingPoints,
      resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1_000)),
      isOver,
    };
  }
}

function budgetOf(name: BudgetName, points: number, redis: object): Budget {
  const common = { points, duration: windowSeconds };
  return {
    shared: new RateLimiterRedis({
      ...common,
      storeClient: redis,
      keyPrefix: `visapi:limit:${name}`,
      rejectIfRedisNotReady: true,
      // Whoever has used it up is refused from memory for the rest of the window.
      inMemoryBlockOnConsumed: points + 1,
    }),
    here: new RateLimiterMemory({ ...common, keyPrefix: name }),
  };
}

interface Counted {
  readonly result: RateLimiterRes;
  readonly isOver: boolean;
}

/** @throws what the store failed with */
async function consume(limiter: RateLimiterRedis | RateLimiterMemory, id: string): Promise<Counted> {
  try {
    return { result: await limiter.consume(id), isOver: false };
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return { result: refusal, isOver: true };
    throw refusal;
  }
}
