export { CheckDatabase } from './queries/check-database.query.js';
export { CleanLogsTimer } from './jobs/clean-logs.timer.js';
export { LogsJobsModule } from './jobs/logs-jobs.module.js';
export { OperationsJobsModule } from './jobs/operations-jobs.module.js';
export { SweepLostWork } from './jobs/sweep-lost-work.processor.js';
export { WatchRelay } from './jobs/watch-relay.timer.js';
