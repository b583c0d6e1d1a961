import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { RetentionRepository } from '@visapi/backend-repositories/operations';

const dayMs = 86_400_000;
const bodiesPerBatch = 200;
/** What is left for the next round: years that are emptied for the first time must not keep others from the disk. */
const batchesPerRound = 250;

/**
 * Takes away the bytes of deliveries that are older than so many days (0 = none) and that nobody needs any more. Each batch
 * is a short transaction of its own, which one process at a time takes; stopping between two of them loses nothing.
 * Answers how many went.
 */
export class EmptyDeliveries extends Command<number> {
  constructor(
    readonly keepDays: number,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@CommandHandler(EmptyDeliveries)
export class EmptyDeliveriesHandler implements ICommandHandler<EmptyDeliveries> {
  constructor(
    private readonly database: Database,
    private readonly retention: RetentionRepository,
    private readonly clock: Clock,
  ) {}

  async execute({ keepDays, signal }: EmptyDeliveries): Promise<number> {
    if (keepDays === 0) return 0;
    const before = new Date(this.clock.now().getTime() - keepDays * dayMs);
    let [total, reached]: [number, string | null] = [0, null];
    for (let batch = 0; batch < batchesPerRound && !signal.aborted; batch += 1) {
      const done = await this.retention.emptyDeliveries(this.database.db, before, bodiesPerBatch, reached);
      total += done.emptied;
      reached = done.reached;
      if (done.examined < bodiesPerBatch) break;
    }
    return total;
  }
}
