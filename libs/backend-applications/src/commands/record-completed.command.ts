import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type SeenRecord, VisaRecordsRepository } from '@visapi/backend-repositories/applications';

/** A page of the completed view was read. Returns the records for which something can be done now. */
export class RecordCompleted extends Command<readonly string[]> {
  constructor(readonly records: readonly SeenRecord[]) {
    super();
  }
}

@CommandHandler(RecordCompleted)
export class RecordCompletedHandler implements ICommandHandler<RecordCompleted> {
  constructor(
    private readonly database: Database,
    private readonly records: VisaRecordsRepository,
  ) {}

  async execute({ records }: RecordCompleted): Promise<readonly string[]> {
    return records.length === 0 ? [] : await this.records.see(this.database.db, records);
  }
}
