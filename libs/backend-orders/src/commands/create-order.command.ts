import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository, type OpenDelivery } from '@visapi/backend-repositories/inbox';
import { createOrder, type NewOrder, OrdersRepository } from '@visapi/backend-repositories/orders';
import { decideConfirmation, decideContact } from '../confirmation.js';
import { messageOf, newConfirmation, newContact } from '../effects.js';
import { applicantIds } from '../interpretation/applicant-ids.js';
import { planChange, writeChange } from '../order-change.js';
import { readOrder } from '../order.js';
import { bodyOf } from '../replay.js';

export interface CreateOrderResult {
  readonly orderId: string | null;
  readonly created: boolean;
  readonly changes: number;
  readonly correlationId: string | undefined;
  /** Why the new order's customer is not told; undefined when he is, or when no order was made. */
  readonly withheld?: string;
}

/**
 * A delivery waits to become an order, or to change one. Applies every waiting delivery of the same order, oldest
 * first, so it may be run for any of them, in any order and as often as anybody likes.
 */
export class CreateOrder extends Command<CreateOrderResult> {
  constructor(readonly deliveryId: string) {
    super();
  }
}

type Transaction = Parameters<typeof createOrder>[0];

@CommandHandler(CreateOrder)
export class CreateOrderHandler implements ICommandHandler<CreateOrder> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ deliveryId }: CreateOrder): Promise<CreateOrderResult> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const waiting = await this.deliveries.lockOpenOfSameOrder(transaction, deliveryId);
      const [oldest] = waiting;
      if (!oldest?.orderId) return { orderId: null, created: false, changes: 0, correlationId: undefined };
      const { orderId, correlationId } = oldest;
      const created = oldest.outcome === 'accepted';
      const order = created ? begin(oldest, orderId) : undefined;
      if (order) await createOrder(transaction, order);
      const later = created ? waiting.slice(1) : waiting;
      for (const delivery of later) await this.change(transaction, delivery, orderId);
      const withheld = order?.effects.find((effect) => effect.kind === 'message')?.reason ?? undefined;
      return { orderId, created, changes: later.length, correlationId, withheld };
    });
  }

  private async change(transaction: Transaction, delivery: OpenDelivery, orderId: string): Promise<void> {
    const before = await this.orders.lock(transaction, orderId);
    if (!before) throw new AppError('conflict', 'The first delivery of this order is not yet interpreted.');
    if (before.appliedPosition < delivery.position) {
      const change = planChange(before, readOrder(bodyOf(delivery), orderId), {
        deliveryId: delivery.id,
        appliedPosition: delivery.position,
        actor: `source:${delivery.source}`,
        correlationId: delivery.correlationId,
      });
      await writeChange(transaction, { orders: this.orders, effects: this.effects }, before, change);
    }
    await this.deliveries.markApplied(transaction, [delivery.id]);
  }
}

function begin(delivery: OpenDelivery, orderId: string): NewOrder {
  const content = readOrder(bodyOf(delivery), orderId);
  const contact = newContact(decideContact(content), orderId, 1, delivery.correlationId);
  const confirmation = decideConfirmation(content, orderId);
  const message = newConfirmation(confirmation, orderId, delivery.correlationId);
  return {
    order: {
      ...content,
      orderId,
      deliveryId: delivery.id,
      deliveryPosition: delivery.position,
      appliedPosition: delivery.position,
      eventVersion: 1,
      firstReceivedAt: delivery.receivedAt,
    },
    effects: [contact, message],
    message: messageOf(message.id, orderId, confirmation),
    applicantIds: applicantIds(content.applicants),
    event: {
      type: 'order.created',
      aggregateType: 'order',
      aggregateId: orderId,
      aggregateVersion: 1,
      actor: `source:${delivery.source}`,
      correlationId: delivery.correlationId,
      payload: {
        deliveryId: delivery.id,
        branch: content.branch,
        contactEffectId: contact.state === 'planned' ? contact.id : null,
        warnings: content.warnings as string[],
      },
    },
    deliveryIds: [delivery.id],
  };
}
