import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type Seal, SealsRepository } from '@visapi/backend-repositories/events';

/** Puts a seal on what has become history since the last one. Returns the seals that were made. */
export class SealEvents extends Command<readonly Seal[]> {}

const eventsPerSeal = 1_000;
const mostSeals = 20;

@CommandHandler(SealEvents)
export class SealEventsHandler implements ICommandHandler<SealEvents> {
  constructor(
    private readonly database: Database,
    private readonly seals: SealsRepository,
  ) {}

  async execute(): Promise<readonly Seal[]> {
    return await this.database.db.transaction().execute(async (transaction) => {
      // The horizon is one row: whoever moves it is the only sealer until this transaction ends.
      const horizon = await this.seals.advanceHorizon(transaction);
      const made: Seal[] = [];
      while (made.length < mostSeals) {
        const seal = await this.seals.sealNext(transaction, horizon, eventsPerSeal);
        if (!seal) break;
        made.push(seal);
      }
      return made;
    });
  }
}
