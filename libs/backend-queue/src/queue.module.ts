import { type DynamicModule, Module } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { Log, Metrics } from '@visapi/backend-observability';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeadLettersRepository } from '@visapi/backend-repositories/events';
import { DeadJobs } from './dead-jobs.js';
import { Heartbeats } from './heartbeats.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { LeaseKeeper } from './lease-keeper.js';
import { QueueDiscovery } from './queue-discovery.js';
import { QueueHealth } from './queue-health.js';
import { QueueWatch } from './queue-watch.js';
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
      DeadLettersRepository,
      DeadJobs,
      LeaseKeeper,
      QueueHealth,
      QueueDiscovery,
      Heartbeats,
      QueueWatch,
      {
        provide: queueRedis,
        inject: [RedisConnections],
        useFactory: (connections: RedisConnections) => connections.producer(),
      },
      {
        provide: JobRunner,
        inject: [RedisConnections, Jobs, DeadJobs, Log, Metrics],
        useFactory: (connections: RedisConnections, jobs: Jobs, dead: DeadJobs, log: Log, metrics: Metrics) =>
          new JobRunner(config, connections, jobs, dead, log, metrics),
      },
    ];
    return {
      module: QueueModule,
      global: true,
      providers,
      exports: [Jobs, JobRunner, LeaseKeeper, QueueHealth, QueueWatch, queueRedis],
    };
  }
}

/** A Redis client for counting what callers do; commands fail soon while Redis is away or does not answer. */
export const countingRedis = Symbol('counting-redis');

/** For a process that limits its callers. */
@Module({})
export class CountingRedisModule {
  static forRoot(config: QueueConfig): DynamicModule {
    const providers = [
      {
        provide: RedisConnections,
        inject: [Log],
        useFactory: (log: Log) => new RedisConnections(config, log),
      },
      {
        provide: countingRedis,
        inject: [RedisConnections],
        useFactory: (connections: RedisConnections) => connections.counter(),
      },
    ];
    return { module: CountingRedisModule, global: true, providers, exports: [countingRedis] };
  }
}

/** For a process that takes no jobs and shows what the queues hold. */
@Module({})
export class QueueReaderModule {
  static forRoot(config: QueueConfig): DynamicModule {
    const connections = {
      provide: RedisConnections,
      inject: [Log],
      useFactory: (log: Log) => new RedisConnections(config, log),
    };
    return {
      module: QueueReaderModule,
      providers: [connections, Jobs, QueueDiscovery, Heartbeats],
      exports: [QueueDiscovery, Heartbeats],
    };
  }
}
