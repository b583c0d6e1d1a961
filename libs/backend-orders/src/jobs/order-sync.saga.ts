import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type FactDelivery, Handles } from '@visapi/backend-events';
import { UpdateOrderProcessing } from '../commands/update-order-processing.command.js';
import { canMove, orderSync } from '../order-sync.js';

/** Follows each order from its creation to the confirmation that its customer has, over the facts that can move it. */
@Injectable()
export class OrderSyncSaga {
  constructor(private readonly commands: CommandBus) {}

  @Handles(orderSync)
  async handle({ executor, facts }: FactDelivery): Promise<void> {
    const orderIds = facts.filter(canMove).map(({ aggregateId }) => aggregateId);
    if (orderIds.length > 0) await this.commands.execute(new UpdateOrderProcessing(orderIds, executor));
  }
}
