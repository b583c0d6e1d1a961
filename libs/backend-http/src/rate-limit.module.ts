import { type DynamicModule, Module } from '@nestjs/common';
import type { LimitsConfig } from '@visapi/backend-config';
import { Log, Metrics } from '@visapi/backend-observability';
import { RateLimits } from './rate-limits.js';

/** The Redis client that requests and tries are counted in; its commands fail soon while the server is away. */
export const limitsRedis = Symbol('limits-redis');

@Module({})
export class RateLimitModule {
  /** @param redis under which token the client is found */
  static forRoot(config: LimitsConfig, redis: symbol): DynamicModule {
    const providers = [
      { provide: limitsRedis, useExisting: redis },
      {
        provide: RateLimits,
        inject: [limitsRedis, Metrics, Log],
        useFactory: (client: object, metrics: Metrics, log: Log) =>
          new RateLimits(config, client, metrics, log),
      },
    ];
    return { module: RateLimitModule, global: true, providers, exports: [limitsRedis, RateLimits] };
  }
}
