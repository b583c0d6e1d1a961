import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';

/** A delivery that today's code cannot interpret: set aside, visible, kept for a replay after the code is mended. */
export class QuarantineDelivery extends Command<void> {
  constructor(
    readonly deliveryId: string,
    readonly problem: string,
  ) {
    super();
  }
}

@CommandHandler(QuarantineDelivery)
export class QuarantineDeliveryHandler implements ICommandHandler<QuarantineDelivery> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly log: Log,
  ) {}

  async execute({ deliveryId, problem }: QuarantineDelivery): Promise<void> {
    const problems = JSON.stringify([{ path: '', message: problem }]);
    await this.deliveries.markFailed(this.database.db, deliveryId, problems);
    this.log.error('needs attention', {
      event: 'delivery.failed',
      deliveryId,
      reason: 'cannot-be-interpreted',
    });
  }
}
