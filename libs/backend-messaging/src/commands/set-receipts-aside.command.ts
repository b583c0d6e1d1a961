import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';

/** A body of receipts that today's code cannot apply: set aside, visible, kept for a replay after the code is mended. */
export class SetReceiptsAside extends Command<void> {
  constructor(
    readonly deliveryId: string,
    readonly problem: string,
  ) {
    super();
  }
}

@CommandHandler(SetReceiptsAside)
export class SetReceiptsAsideHandler implements ICommandHandler<SetReceiptsAside> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly log: Log,
  ) {}

  async execute({ deliveryId, problem }: SetReceiptsAside): Promise<void> {
    const problems = JSON.stringify([{ path: '', message: problem }]);
    await this.deliveries.markFailed(this.database.db, deliveryId, problems);
    this.log.error('needs attention', { event: 'delivery.failed', deliveryId, reason: 'cannot-be-applied' });
  }
}
