import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, type Executor, inTransaction } from '@visapi/backend-repositories';
import { markProcessed, type OrderSteps, readSteps } from '@visapi/backend-repositories/orders';
import { standingOf } from '../order-sync.js';

/**
 * Something may have moved these orders: brings what they say of their way to the customer in line with their effects.
 * Nobody else sets `processed_at` or tells `order.processed`. May be repeated as often as anybody likes.
 */
export class UpdateOrderProcessing extends Command<{ readonly processed: readonly string[] }> {
  constructor(
    readonly orderIds: readonly string[],
    /** The transaction that hands the facts on; one of its own without it. */
    readonly within?: Executor,
  ) {
    super();
  }
}

const ordersPerStatement = 50;

@CommandHandler(UpdateOrderProcessing)
export class UpdateOrderProcessingHandler implements ICommandHandler<UpdateOrderProcessing> {
  constructor(private readonly database: Database) {}

  async execute({
    orderIds,
    within,
  }: UpdateOrderProcessing): Promise<{ readonly processed: readonly string[] }> {
    const ids = [...new Set(orderIds)].sort();
    return await inTransaction(within ?? this.database.db, async (transaction) => {
      const processed: string[] = [];
      for (let next = 0; next < ids.length; next += ordersPerStatement)
        processed.push(...(await update(transaction, ids.slice(next, next + ordersPerStatement))));
      return { processed };
    });
  }
}

/** Most facts move nothing, so effects are locked only where something is to be written, and looked at again then. */
async function update(transaction: Executor, ids: readonly string[]): Promise<readonly string[]> {
  const moved = toMark(await readSteps(transaction, ids, { locked: false }));
  if (moved.length === 0) return [];
  const held = moved.map(({ orderId }) => orderId);
  return await markProcessed(transaction, toMark(await readSteps(transaction, held, { locked: true })));
}

/** The orders whose columns say something else than their effects. */
function toMark(orders: readonly OrderSteps[]) {
  return orders.flatMap(({ orderId, known, effects }) => {
    const standing = standingOf(effects);
    const newest = effects.at(-1);
    if (!standing || !newest) return [];
    const isSame =
      (standing.processed ?? known.processed) === known.processed &&
      standing.cbbSynced === known.cbbSynced &&
      standing.whatsappConfirmationSent === known.whatsappConfirmationSent;
    return isSame ? [] : [{ orderId, correlationId: newest.correlationId, ...standing }];
  });
}
