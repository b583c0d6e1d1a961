import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { VisaRecordsRepository } from '@visapi/backend-repositories/applications';
import { EventsRepository } from '@visapi/backend-repositories/events';

/**
 * An operator has said that these completed orders were told by other means. The only way to "done" that plans nothing:
 * a table that happens to be empty never is a reason.
 */
export class BootstrapCompleted extends Command<number> {
  constructor(
    readonly recordIds: readonly string[],
    readonly by: string,
    readonly reason: string,
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

  async execute({ recordIds, by, reason, correlationId }: BootstrapCompleted): Promise<number> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const marked = await this.records.bootstrap(transaction, recordIds, by);
      await this.events.append(transaction, {
        type: 'operator.bootstrapped',
        aggregateType: 'poll',
        // Each bootstrap is a story of its own: nothing orders it after another one.
        aggregateId: newId(),
        aggregateVersion: 1,
        actor: by,
        correlationId,
        payload: { reason, records: marked },
      });
      return marked;
    });
  }
}
