export { defineJob, queueNames } from './define-job.js';
export type { JobDefinition, JobRequest, QueueName } from './define-job.js';
export { Jobs } from './jobs.js';
export { JobRunner } from './job-runner.js';
export type { JobProcessor, JobResult } from './job-processor.js';
export { QueueHealth } from './queue-health.js';
export { QueueModule, queueRedis } from './queue.module.js';
export { LeaseKeeper } from './lease-keeper.js';
export type { HeldClaim } from './lease-keeper.js';
