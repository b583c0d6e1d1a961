import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { CacheConfig, QueueConfig } from '@visapi/backend-config';
import { Log, Metrics } from '@visapi/backend-observability';
import { CacheService } from './cache.service.js';
import { cacheSettings, CacheWiring } from './cache-wiring.js';
import type { Family } from './family.js';

@Module({})
export class CacheModule {
  /**
   * Makes the cache decorators of this process take effect.
   * @param queue says which server is used when the cache has none of its own
   * @param families every family that may be used; two of one name are refused
   */
  static forRoot(
    config: CacheConfig,
    queue: Pick<QueueConfig, 'url' | 'publicUrl'>,
    keys: object,
  ): DynamicModule {
    const families = Object.values(keys) as Family[];
    const names = families.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`Two key families have the name ${twice}`);
    const url = config.redisUrl ?? queue.publicUrl ?? queue.url;
    const providers = [
      { provide: cacheSettings, useValue: { config, families } },
      {
        provide: CacheService,
        inject: [Log, Metrics],
        useFactory: (log: Log, metrics: Metrics) => new CacheService(url, families, log, metrics),
      },
      CacheWiring,
    ];
    return {
      module: CacheModule,
      global: true,
      imports: [DiscoveryModule],
      providers,
      exports: [CacheService],
    };
  }
}
