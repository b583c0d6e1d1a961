import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApplicationsModule } from '../applications.module.js';
import { MatchIssuesTimer } from './match-issues.timer.js';
import { WatchCompletedVisas } from './watch-completed-visas.timer.js';

@Module({
  imports: [CqrsModule, ApplicationsModule],
  providers: [MatchIssuesTimer, WatchCompletedVisas],
  exports: [MatchIssuesTimer, WatchCompletedVisas],
})
export class ApplicationsJobsModule {}
