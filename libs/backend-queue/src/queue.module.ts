import { type DynamicModule, Module } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { Log, Metrics } from '@visapi/backend-observability';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { LeaseKeeper } from './lease-keeper.js';
import { QueueHealth } from './queue-health.js';
import { RedisConnections } from './redis-connections.js';

/** A Redis client for counting in, such as a vendor's rate; commands fail at once while Redis is away. */
export const queueRedis = Symbol('queue-redis');

@Module({})
export class QueueModule {
  static forRoot(config: QueueConfig): DynamicModule {
    const providers = [
      {
        provide: RedisConnections,
        inject: [Log],
        useFactory: (log: Log) => new RedisConnections(config, log),
      },
      Jobs,
      EffectsRepository,
      LeaseKeeper,
      QueueHealth,
      {
        provide: queueRedis,
        inject: [RedisConnections],
        useFactory: (connections: RedisConnections) => connections.producer(),
      },
      {
        provide: JobRunner,
        inject: [RedisConnections, Jobs, Log, Metrics],
        useFactory: (connections: RedisConnections, jobs: Jobs, log: Log, metrics: Metrics) =>
          new JobRunner(config, connections, jobs, log, metrics),
      },
    ];
    return {
      module: QueueModule,
      global: true,
      providers,
      exports: [Jobs, JobRunner, LeaseKeeper, QueueHealth, queueRedis],
    };
  }
}
