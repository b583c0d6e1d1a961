export { CheckDatabase } from './queries/check-database.query.js';
export { OperationsJobsModule } from './jobs/operations-jobs.module.js';
export { SweepLostWork } from './jobs/sweep-lost-work.processor.js';
