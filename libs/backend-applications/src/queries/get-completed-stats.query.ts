import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  PollsRepository,
  type PollState,
  type VisaRecordCounts,
  VisaRecordsRepository,
} from '@visapi/backend-repositories/applications';
import { completedVisasPoll } from '../completed-visas.js';

/** How the look at the completed view stands: its last run, and what is still to be told. */
export class GetCompletedStats extends Query<VisaRecordCounts & { readonly poll: PollState }> {}

@QueryHandler(GetCompletedStats)
export class GetCompletedStatsHandler implements IQueryHandler<GetCompletedStats> {
  constructor(
    private readonly database: Database,
    private readonly records: VisaRecordsRepository,
    private readonly polls: PollsRepository,
  ) {}

  async execute(): Promise<VisaRecordCounts & { readonly poll: PollState }> {
    const { db } = this.database;
    const [counts, poll] = await Promise.all([
      this.records.counts(db),
      this.polls.state(db, completedVisasPoll),
    ]);
    return { ...counts, poll };
  }
}
