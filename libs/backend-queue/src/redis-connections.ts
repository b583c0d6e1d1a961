import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { isNetworkCode } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Redis, type RedisOptions } from 'ioredis';

/** Makes the Redis connections of the queue and knows whether the server may be trusted with it. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly open: Redis[] = [];
  private pinger: Redis | undefined;
  private isAway = false;

  constructor(
    private readonly config: QueueConfig,
    private readonly log: Log,
  ) {}

  /** For adding jobs: fails at once while Redis is away, so that nobody hangs on it. */
  producer(): Redis {
    return this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  }

  /** For counting what callers do: nobody waits for it longer than a request may. */
  counter(): Redis {
    return this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 });
  }

  /** For taking jobs: BullMQ wants its blocking reads to wait for Redis to come back. */
  consumer(): Redis {
    return this.connect({ maxRetriesPerRequest: null });
  }

  /**
   * The server's eviction policy when it would lose jobs, else undefined. A server that hides its configuration (some
   * hosted ones do) is trusted.
   * @throws when Redis cannot be reached
   */
  async wrongPolicy(): Promise<string | undefined> {
    const redis = this.connect({ lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
    try {
      await redis.connect();
      const answer: unknown = await redis.config('GET', 'maxmemory-policy').catch(refusedIsNotAFault);
      const policy = Array.isArray(answer) ? String(answer[1]) : undefined;
      return policy === undefined || policy === 'noeviction' ? undefined : policy;
    } finally {
      this.release(redis);
    }
  }

  /** Whether the server answers a ping in time. */
  async answers(withinMs: number): Promise<boolean> {
    // The first ping may wait for its connection; while Redis is away it fails at the next try to connect, or in time.
    this.pinger ??= this.connect({ maxRetriesPerRequest: 0, commandTimeout: withinMs });
    return await this.pinger.ping().then(
      () => true,
      () => false,
    );
  }

  /** Says what went wrong with a connection; that the server is away is said once, not at every try of every connection. */
  report(error: Error, fields: { readonly queue?: string } = {}): void {
    const isLoss = isLostConnection(error);
    if (!isLoss) this.log.warn('redis', fields, error);
    else if (!this.isAway) this.log.warn('redis is away', fields, error);
    this.isAway ||= isLoss;
  }

  release(redis: Redis): void {
    redis.disconnect();
    const at = this.open.indexOf(redis);
    if (at >= 0) this.open.splice(at, 1);
  }

  onApplicationShutdown(): void {
    for (const redis of [...this.open]) this.release(redis);
  }

  private welcome(): void {
    if (this.isAway) this.log.warn('redis is back');
    this.isAway = false;
  }

  private connect(options: RedisOptions): Redis {
    const redis = new Redis(this.config.publicUrl ?? this.config.url, {
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 1_000),
      connectTimeout: 5_000,
      keepAlive: 10_000,
      ...options,
    });
    redis.on('error', (error: Error) => this.report(error));
    redis.on('ready', () => this.welcome());
    this.open.push(redis);
    return redis;
  }
}

/** ioredis has words instead of a code for what waited when a connection ended. */
function isLostConnection(error: Error & { readonly code?: unknown }): boolean {
  return isNetworkCode(String(error.code)) || /^Connection is closed/.test(error.message);
}

function refusedIsNotAFault(error: Error): undefined {
  if (/^(ERR|NOPERM)\b/.test(error.message)) return undefined;
  throw error;
}
