import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import {
  type VisaRecordFilter,
  type VisaRecordRow,
  VisaRecordsRepository,
} from '@visapi/backend-repositories/applications';

/** Orders that Airtable showed as completed, and what became of each. */
export class GetCompletedVisas extends Query<PageResult<VisaRecordRow>> {
  constructor(
    readonly filter: VisaRecordFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetCompletedVisas)
export class GetCompletedVisasHandler implements IQueryHandler<GetCompletedVisas> {
  constructor(
    private readonly database: Database,
    private readonly records: VisaRecordsRepository,
  ) {}

  async execute({ filter, page }: GetCompletedVisas): Promise<PageResult<VisaRecordRow>> {
    return await this.database.report((executor) => this.records.list(executor, filter, page));
  }
}
