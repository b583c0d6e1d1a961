import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { IdempotencyKeysRepository } from '@visapi/backend-repositories/idempotency';

const answersPerBatch = 500;

/**
 * Takes away the answers that were kept for Idempotency-Keys and have expired (IDEMPOTENCY_KEY_TTL_HOURS, of when they were
 * begun). Each batch is one statement, and any number of processes may do it. Answers how many went.
 */
export class ForgetAnswers extends Command<number> {
  constructor(readonly signal: AbortSignal) {
    super();
  }
}

@CommandHandler(ForgetAnswers)
export class ForgetAnswersHandler implements ICommandHandler<ForgetAnswers> {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyKeysRepository,
  ) {}

  async execute({ signal }: ForgetAnswers): Promise<number> {
    let total = 0;
    while (!signal.aborted) {
      const gone = await this.keys.removeExpired(this.database.db, answersPerBatch);
      total += gone;
      if (gone < answersPerBatch) break;
    }
    return total;
  }
}
