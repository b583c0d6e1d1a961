import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  type OverdueDelivery,
  type OverdueOrder,
  OverdueRepository,
} from '@visapi/backend-repositories/operations';

export interface OverdueWork {
  readonly orders: readonly OverdueOrder[];
  /** Deliveries that have not become an order, or its change. */
  readonly deliveries: readonly OverdueDelivery[];
}

/**
 * Time has passed: what has been open for five minutes is told as a fact, once per episode however many processes look.
 * Returns what this call has told.
 */
export class AnnounceOverdueWork extends Command<OverdueWork> {}

const patienceSeconds = 300;
/** What is more than this is told by the next look. */
const most = 1_000;

@CommandHandler(AnnounceOverdueWork)
export class AnnounceOverdueWorkHandler implements ICommandHandler<AnnounceOverdueWork> {
  constructor(
    private readonly database: Database,
    private readonly overdue: OverdueRepository,
  ) {}

  async execute(): Promise<OverdueWork> {
    return await this.database.db.transaction().execute(async (transaction) => {
      await this.overdue.endEpisodes(transaction, most);
      return {
        orders: await this.overdue.announceOrders(transaction, patienceSeconds, most),
        deliveries: await this.overdue.announceDeliveries(transaction, patienceSeconds, most),
      };
    });
  }
}
