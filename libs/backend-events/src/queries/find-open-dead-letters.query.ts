import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  type DeadLetterFilter,
  type DeadLetterRow,
  DeadLettersRepository,
} from '@visapi/backend-repositories/events';

/** Dead letters that one call resolves; the answer says when there are more. */
export const mostDeadLetters = 500;

/** Open dead letters, oldest first, as many as are resolved at once. */
export class FindOpenDeadLetters extends Query<{
  readonly letters: readonly DeadLetterRow[];
  readonly more: boolean;
}> {
  constructor(readonly filter: Pick<DeadLetterFilter, 'kind' | 'name'>) {
    super();
  }
}

@QueryHandler(FindOpenDeadLetters)
export class FindOpenDeadLettersHandler implements IQueryHandler<FindOpenDeadLetters> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
  ) {}

  async execute({ filter }: FindOpenDeadLetters) {
    const found = await this.letters.openOnes(this.database.db, filter, mostDeadLetters + 1);
    return { letters: found.slice(0, mostDeadLetters), more: found.length > mostDeadLetters };
  }
}
