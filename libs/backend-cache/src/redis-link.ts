import type { Log } from '@visapi/backend-observability';
import { Redis, type RedisOptions } from 'ioredis';

/** A read that takes longer is answered by the source. */
const readPatienceMs = 200;
/** An eviction is worth more patience: what it does not reach must be forgotten wholesale. */
const evictPatienceMs = 1_000;
/** So many reads in a row without an answer, and Redis is not asked until it has answered a probe. */
const failuresUntilOpen = 5;
const probeEveryMs = 500;

/**
 * The connections to the cache's Redis and whether it may be asked now. Whenever something may have been missed (the
 * connection broke, an eviction was not confirmed, the process is new), everything is forgotten before it is asked
 * again: what was kept before an outage may be outdated.
 */
export class RedisLink {
  private readonly client: Redis;
  private readonly subscriber: Redis;
  private usable = false;
  private missedSomething = true;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /**
   * @param forget makes everything that Redis holds of the cache unreadable
   * @param heard told of what other processes evicted
   */
  constructor(
    private readonly url: string,
    private readonly log: Log,
    private readonly forget: (client: Redis) => Promise<unknown>,
    private readonly channel: string,
    heard: (message: string) => void,
  ) {
    this.client = this.connect({ enableOfflineQueue: false });
    this.client.on('ready', () => void this.revive());
    this.client.on('close', () => this.shut(true));
    this.subscriber = this.connect({});
    this.subscriber.on('message', (_channel, message: string) => heard(message));
  }

  /** Connects, and keeps trying for as long as Redis is away. */
  open(): void {
    this.client.connect().catch(() => undefined);
    this.subscriber.subscribe(this.channel).catch(() => undefined);
  }

  get isUsable(): boolean {
    return this.usable;
  }

  /** The answer, or undefined when Redis cannot be asked; never an error. */
  async ask<T>(question: (client: Redis) => Promise<T>): Promise<T | undefined> {
    if (!this.usable) return undefined;
    try {
      const answer = await within(readPatienceMs, question(this.client));
      this.failures = 0;
      return answer;
    } catch (error) {
      this.failures += 1;
      if (this.failures >= failuresUntilOpen) this.shut(false, error);
      return undefined;
    }
  }

  /** Has something forgotten; when Redis does not confirm it, everything is forgotten before Redis is asked again. */
  async tell(eviction: (client: Redis) => Promise<unknown>): Promise<void> {
    if (!this.usable) {
      this.missedSomething = true;
      return;
    }
    try {
      await within(evictPatienceMs, eviction(this.client));
    } catch (error) {
      this.shut(true, error);
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.client.disconnect();
    this.subscriber.disconnect();
  }

  private shut(missedSomething: boolean, error?: unknown): void {
    if (this.usable) this.log.warn('cache does without redis', {}, error);
    this.usable = false;
    this.missedSomething ||= missedSomething;
    this.probeLater();
  }

  private probeLater(): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.revive(), probeEveryMs).unref();
  }

  private async revive(): Promise<void> {
    if (this.closed || this.usable) return;
    if (this.client.status !== 'ready') return;
    const forgetting = this.missedSomething;
    this.missedSomething = false;
    try {
      await within(evictPatienceMs, forgetting ? this.forget(this.client) : this.client.ping());
    } catch {
      this.missedSomething ||= forgetting;
      this.probeLater();
      return;
    }
    // An eviction that came meanwhile was not carried out.
    if (this.missedSomething || this.client.status !== 'ready') return this.probeLater();
    this.failures = 0;
    this.usable = true;
    this.log.info('cache uses redis');
  }

  private connect(options: RedisOptions): Redis {
    const redis = new Redis(this.url, {
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), probeEveryMs),
      connectTimeout: 2_000,
      disconnectTimeout: 200,
      keepAlive: 10_000,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
      ...options,
    });
    // What it means for the cache is told once, when it stops and when it goes on.
    redis.on('error', () => undefined);
    return redis;
  }
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('Command timed out')), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
