export { CheckDatabase } from './queries/check-database.query.js';
export { OperationsJobsModule } from './jobs/operations-jobs.module.js';
export { FollowKeyring } from './jobs/follow-keyring.timer.js';
export { PrivacyJobsModule } from './jobs/privacy-jobs.module.js';
export { RetentionJobsModule } from './jobs/retention-jobs.module.js';
export { RetentionTimer } from './jobs/retention.timer.js';
export { SweepLostWork } from './jobs/sweep-lost-work.processor.js';
export { WatchRelay } from './jobs/watch-relay.timer.js';
