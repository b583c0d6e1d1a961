import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import {
  type DeadLetterFilter,
  type DeadLetterRow,
  DeadLettersRepository,
} from '@visapi/backend-repositories/events';

/** What was given up, newest first. */
export class GetDeadLetters extends Query<PageResult<DeadLetterRow>> {
  constructor(
    readonly filter: DeadLetterFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetDeadLetters)
export class GetDeadLettersHandler implements IQueryHandler<GetDeadLetters> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
  ) {}

  async execute({ filter, page }: GetDeadLetters): Promise<PageResult<DeadLetterRow>> {
    return await this.letters.list(this.database.db, filter, page);
  }
}
