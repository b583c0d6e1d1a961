export { PollsRepository } from './polls.repository.js';
export type { PollRun, PollState } from './polls.repository.js';
export { VisaRecordsRepository } from './visa-records.repository.js';
export type {
  SeenRecord,
  VisaRecordCounts,
  VisaRecordFilter,
  VisaRecordRow,
} from './visa-records.repository.js';
export { NoticedOrdersRepository } from './noticed-orders.repository.js';
export type { KnownNotice, NoticedOrderRow } from './noticed-orders.repository.js';
export { IssuesRepository } from './issues.repository.js';
export type { NewIssueReport, UnmatchedReport } from './issues.repository.js';
