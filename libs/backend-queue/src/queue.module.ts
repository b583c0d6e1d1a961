import { type DynamicModule, Module } from '@nestjs/common';
import type { QueueConfig } from '@visapi/backend-config';
import { Log, Metrics } from '@visapi/backend-observability';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { RedisConnections } from './redis-connections.js';

@Module({})
export class QueueModule {
  static forRoot(config: QueueConfig): DynamicModule {
    const providers = [
      { provide: RedisConnections, inject: [Log], useFactory: (log: Log) => new RedisConnections(config, log) },
      Jobs,
      {
        provide: JobRunner,
        inject: [RedisConnections, Jobs, Log, Metrics],
        useFactory: (connections: RedisConnections, jobs: Jobs, log: Log, metrics: Metrics) =>
          new JobRunner(config, connections, jobs, log, metrics),
      },
    ];
    return { module: QueueModule, global: true, providers, exports: [RedisConnections, Jobs, JobRunner] };
  }
}
