export { ApplicationsJobsModule } from './jobs/applications-jobs.module.js';
export { MatchIssuesTimer } from './jobs/match-issues.timer.js';
export { WatchCompletedVisas } from './jobs/watch-completed-visas.timer.js';
export { VisaWindowModule } from './visa-window.module.js';
