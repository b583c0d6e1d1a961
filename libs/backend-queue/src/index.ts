export { concurrencyOf } from './concurrency.js';
export { defineJob, queueNames } from './define-job.js';
export type { JobDefinition, JobRequest, QueueName } from './define-job.js';
export { subjectOf } from './job-subject.js';
export { putOff } from './put-off.js';
export { Jobs } from './jobs.js';
export { JobRunner } from './job-runner.js';
export type { JobProcessor, JobResult } from './job-processor.js';
export { QueueHealth } from './queue-health.js';
export {
  countingRedis,
  CountingRedisModule,
  QueueModule,
  QueueReaderModule,
  queueRedis,
} from './queue.module.js';
export { QueueWatch } from './queue-watch.js';
export { QueueDiscovery } from './queue-discovery.js';
export type { QueueDepth, QueueSnapshot } from './queue-discovery.js';
export { Heartbeats } from './heartbeats.js';
export type { Heartbeat, LaneReport } from './heartbeats.js';
export { LeaseKeeper } from './lease-keeper.js';
export type { HeldClaim } from './lease-keeper.js';
