export { DatabaseHealth } from './database-health.js';
export { OperationsJobsModule } from './jobs/operations-jobs.module.js';
export { Sweeper } from './sweeper.js';
