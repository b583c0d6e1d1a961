import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type DeadLetterRow, DeadLettersRepository } from '@visapi/backend-repositories/events';
import { deadLetterNotFound } from '../events.errors.js';

export class GetDeadLetter extends Query<DeadLetterRow> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetDeadLetter)
export class GetDeadLetterHandler implements IQueryHandler<GetDeadLetter> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
  ) {}

  async execute({ id }: GetDeadLetter): Promise<DeadLetterRow> {
    const letter = await this.letters.findById(this.database.db, id);
    if (!letter) throw deadLetterNotFound();
    return letter;
  }
}
