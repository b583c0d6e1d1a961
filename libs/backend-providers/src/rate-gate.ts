import { setTimeout as pause } from 'node:timers/promises';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Lets calls through at a bounded rate over all processes that share the Redis connection; while Redis is away each
 * process keeps the rate by itself.
 */
export class RateGate {
  private readonly limiter: RateLimiterRedis | RateLimiterMemory | undefined;

  /**
   * @param perSecond calls per second; 0 = no limit
   * @param redis undefined = this process keeps the rate by itself
   */
  constructor(perSecond: number, name: string, redis: unknown) {
    if (perSecond === 0) return;
    const window = { points: perSecond, duration: 1, keyPrefix: `visapi:rate:${name}` };
    this.limiter =
      redis === undefined
        ? new RateLimiterMemory(window)
        : new RateLimiterRedis({
            ...window,
            storeClient: redis,
            insuranceLimiter: new RateLimiterMemory(window),
          });
  }

  get isLimited(): boolean {
    return this.limiter !== undefined;
  }

  /** Resolves when a call may be made. */
  async pass(signal?: AbortSignal): Promise<void> {
    while (this.limiter) {
      try {
        await this.limiter.consume('calls');
        return;
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        await pause(refused.msBeforeNext + 5, undefined, { signal });
      }
    }
  }
}
