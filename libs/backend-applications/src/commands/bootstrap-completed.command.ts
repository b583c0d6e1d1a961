import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { VisaRecordsRepository } from '@visapi/backend-repositories/applications';
import { EventsRepository } from '@visapi/backend-repositories/events';

/**
 * An operator has said that these completed orders were told by other means. The only way to "done" that plans nothing:
 * a table that happens to be empty never is a reason. What was completed after the word was given is not meant by it.
 * Returns the records that were marked.
 */
export class BootstrapCompleted extends Command<readonly string[]> {
  constructor(
    readonly recordIds: readonly string[],
    readonly word: { readonly by: string; readonly reason: string; readonly at: Date },
    readonly correlationId: string,
  ) {
    super();
  }
}

@CommandHandler(BootstrapCompleted)
export class BootstrapCompletedHandler implements ICommandHandler<BootstrapCompleted> {
  constructor(
    private readonly database: Database,
    private readonly records: VisaRecordsRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ recordIds, word, correlationId }: BootstrapCompleted): Promise<readonly string[]> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const marked = await this.records.bootstrap(transaction, recordIds, word.by, word.at);
      await this.events.append(transaction, {
        type: 'operator.bootstrapped',
        aggregateType: 'poll',
        // Each bootstrap is a story of its own: nothing orders it after another one.
        aggregateId: newId(),
        aggregateVersion: 1,
        actor: word.by,
        correlationId,
        payload: { reason: word.reason, records: marked.length },
      });
      return marked;
    });
  }
}
