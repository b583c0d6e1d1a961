import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { tellOfOrder } from '@visapi/backend-repositories/effects';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';

export interface ReviewOrderResult {
  /** Names of the fields whose change is looked at now; none when there was nothing to look at. */
  readonly fields: readonly string[];
}

/** An operator has looked at what a later delivery changed of an order's money or product. */
export class ReviewOrder extends Command<ReviewOrderResult> {
  constructor(
    readonly orderId: string,
    readonly reason: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(ReviewOrder)
export class ReviewOrderHandler implements ICommandHandler<ReviewOrder> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersRepository,
  ) {}

  async execute({ orderId, reason, by }: ReviewOrder): Promise<ReviewOrderResult> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const order = await this.orders.lock(transaction, orderId);
      if (!order) throw orderNotFound(orderId);
      const fields = order.review;
      if (fields.length === 0) return { fields };
      await this.orders.update(transaction, orderId, { review: [] });
      await tellOfOrder(
        transaction,
        orderId,
        [{ type: 'operator.reviewed', payload: { reason, fields } }],
        by,
      );
      return { fields };
    });
  }
}
