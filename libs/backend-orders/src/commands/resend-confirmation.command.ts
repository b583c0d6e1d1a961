import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { newestOrderOfPhone, OrdersRepository } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';
import { decideResend, type ResendWish, unknownFacts, writeResend } from '../resend.js';
import { noOrderOfPhone, notSentAgain } from '../resend.errors.js';

export type ResentConfirmation =
  | {
      readonly state: 'planned' | 'would-plan';
      readonly orderId: string;
      readonly phone: string;
      /** Of the new message; null for a dry run. */
      readonly messageId: string | null;
      readonly resendOf: string | null;
      readonly parameters: readonly string[];
    }
  | { readonly state: 'already-sent'; readonly orderId: string; readonly phone: string | null };

/**
 * An operator wants an order's confirmation sent again, or for the first time where it was withheld. A new message, never
 * the old one once more. The order is named by its id, or by a phone whose newest order is meant.
 */
export class ResendConfirmation extends Command<ResentConfirmation> {
  constructor(
    readonly target: { readonly orderId: string } | { readonly phone: string },
    readonly wish: ResendWish & { readonly reason: string; readonly dryRun: boolean },
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(ResendConfirmation)
export class ResendConfirmationHandler implements ICommandHandler<ResendConfirmation> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute(command: ResendConfirmation): Promise<ResentConfirmation> {
    return await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, command.by, async () => await this.resend(transaction, command)),
      );
  }

  private async resend(
    transaction: Executor,
    { target, wish, by }: ResendConfirmation,
  ): Promise<ResentConfirmation> {
    const orderId = 'orderId' in target ? target.orderId : await orderOf(transaction, target.phone);
    // The lock makes operators take turns: the second one finds the message that the first one has planned.
    const order = await this.orders.lock(transaction, orderId);
    if (!order) throw orderNotFound(orderId);
    const decision = decideResend(order, await this.effects.ofOrder(transaction, orderId), wish);
    if (decision.state === 'refused') throw notSentAgain(decision.reason, unknownFacts(order));
    if (decision.state === 'already-sent')
      return { state: 'already-sent', orderId, phone: order.clientPhone };
    const { phone, parameters, resendOf } = decision;
    const told = { orderId, phone, resendOf, parameters };
    if (wish.dryRun) return { state: 'would-plan', messageId: null, ...told };
    const how = { awaitsContact: wish.phone === null, reason: wish.reason };
    const messageId = await writeResend(transaction, orderId, decision, how, by);
    return { state: 'planned', messageId, ...told };
  }
}

async function orderOf(transaction: Executor, phone: string): Promise<string> {
  const orderId = await newestOrderOfPhone(transaction, phone);
  if (orderId === undefined) throw noOrderOfPhone();
  return orderId;
}
