export { defineJob, queueNames } from './define-job.js';
export type { JobDefinition, JobRequest, QueueName } from './define-job.js';
export { Jobs } from './jobs.js';
export { JobRunner } from './job-runner.js';
export type { JobProcessor, JobResult } from './job-processor.js';
export { QueueModule } from './queue.module.js';
export { RedisConnections } from './redis-connections.js';
