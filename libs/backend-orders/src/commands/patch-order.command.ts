import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { corrected, type Correction } from '../correction.js';
import { planChange, writeChange } from '../order-change.js';
import { orderNotFound } from '../orders.errors.js';

export interface PatchOrderResult {
  /** Names of the fields that are different now. */
  readonly fields: readonly string[];
}

/**
 * An operator corrects what an order says of its customer or its status. Follows the rule of a changed delivery: the
 * contact is written again, a confirmation that nobody has claimed follows, one that went out is never repeated.
 */
export class PatchOrder extends Command<PatchOrderResult> {
  constructor(
    readonly orderId: string,
    readonly correction: Correction,
    readonly reason: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(PatchOrder)
export class PatchOrderHandler implements ICommandHandler<PatchOrder> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ orderId, correction, reason, by }: PatchOrder): Promise<PatchOrderResult> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const before = await this.orders.lock(transaction, orderId);
      if (!before) throw orderNotFound(orderId);
      const cause = { ...by, reason, deliveryId: null, appliedPosition: before.appliedPosition };
      const change = planChange(before, corrected(before, correction), cause);
      const { fields } = change.event.payload;
      if (fields.length > 0)
        await writeChange(transaction, { orders: this.orders, effects: this.effects }, before, change);
      return { fields };
    });
  }
}
