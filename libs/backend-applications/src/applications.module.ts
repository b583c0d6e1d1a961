import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import {
  IssuesRepository,
  NoticedOrdersRepository,
  PollsRepository,
  VisaRecordsRepository,
} from '@visapi/backend-repositories/applications';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { BootstrapCompletedHandler } from './commands/bootstrap-completed.command.js';
import { MatchIssuesHandler } from './commands/match-issues.command.js';
import { PlanVisaMessagesHandler } from './commands/plan-visa-messages.command.js';
import { RecordCompletedHandler } from './commands/record-completed.command.js';
import { ReportIssuesHandler } from './commands/report-issues.command.js';
import { RequestCompletedCheckHandler } from './commands/request-completed-check.command.js';
import { ResendVisaHandler } from './commands/resend-visa.command.js';
import { FindVisaOrderHandler } from './queries/find-visa-order.query.js';
import { GetCompletedStatsHandler } from './queries/get-completed-stats.query.js';
import { GetCompletedVisasHandler } from './queries/get-completed-visas.query.js';
import { LookUpOrderHandler } from './queries/look-up-order.query.js';

const handlers = [
  BootstrapCompletedHandler,
  MatchIssuesHandler,
  PlanVisaMessagesHandler,
  RecordCompletedHandler,
  ReportIssuesHandler,
  RequestCompletedCheckHandler,
  ResendVisaHandler,
  FindVisaOrderHandler,
  GetCompletedStatsHandler,
  GetCompletedVisasHandler,
  LookUpOrderHandler,
];

/** Per applicant: issues reported, visas approved. Needs an `AirtableClient` and a `VisaWindow` beside it. */
@Module({
  imports: [CqrsModule],
  providers: [
    IssuesRepository,
    NoticedOrdersRepository,
    PollsRepository,
    VisaRecordsRepository,
    EventsRepository,
    ...handlers,
  ],
  exports: [PollsRepository],
})
export class ApplicationsModule {}
