import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { tellOfOrder } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';

/** The mark among the fields to look at that stands for a colleague's question. */
const mark = 'flagged';

/** An operator wants a colleague to look at an order: it is listed under `review=true` until somebody did. */
export class FlagOrder extends Command<void> {
  constructor(
    readonly orderId: string,
    readonly reason: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(FlagOrder)
export class FlagOrderHandler implements ICommandHandler<FlagOrder> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersRepository,
  ) {}

  async execute({ orderId, reason, by }: FlagOrder): Promise<void> {
    await this.database.db.transaction().execute(
      async (transaction) =>
        await once(transaction, by, async () => {
          const order = await this.orders.lock(transaction, orderId);
          if (!order) throw orderNotFound(orderId);
          const review = [...new Set([...order.review, mark])].sort();
          await this.orders.update(transaction, orderId, { review });
          await tellOfOrder(transaction, orderId, [{ type: 'operator.flagged', payload: { reason } }], by);
        }),
    );
  }
}
