import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { endStranded, recoverExpired, requeueDue } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { HealthRepository } from '@visapi/backend-repositories/operations';

export interface LostWork {
  /** Claims of dead workers: planned again, or uncertain when they may not be repeated. */
  readonly expired: readonly {
    id: string;
    kind: string;
    orderId: string;
    state: string;
    correlationId: string;
  }[];
  /** Planned effects whose job is gone. */
  readonly due: readonly { id: string; kind: string; attempt: number }[];
  /** Messages that waited for a contact which will not come. */
  readonly stranded: readonly { orderId: string; state: string }[];
  /** Deliveries that nobody has interpreted although their job should have run. */
  readonly open: readonly { id: string; kind: string }[];
}

/** How long something may lie before its job counts as lost. Adding a job that is not lost after all is harmless. */
const lostAfterSeconds = 10;
const most = 2_000;

/**
 * Finds what Redis forgot or a dead worker held, and marks it as queued anew. Undefined when another process is doing
 * so at this moment.
 */
export class RecoverLostWork extends Command<LostWork | undefined> {}

@CommandHandler(RecoverLostWork)
export class RecoverLostWorkHandler implements ICommandHandler<RecoverLostWork> {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  async execute(): Promise<LostWork | undefined> {
    return await this.database.db.transaction().execute(async (transaction) => {
      if (!(await this.health.tryLock(transaction, 'sweep'))) return undefined;
      const expired = await recoverExpired(transaction, most);
      const stranded = await endStranded(transaction, most);
      const due = await requeueDue(transaction, lostAfterSeconds, most);
      const open = await this.deliveries.requeueOpen(transaction, lostAfterSeconds, most);
      return { expired, stranded, due, open };
    });
  }
}
