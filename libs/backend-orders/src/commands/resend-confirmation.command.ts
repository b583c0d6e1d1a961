import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId, type AskedBy } from '@visapi/backend-kernel';
import { orderConfirmation } from '@visapi/backend-messaging';
import { Database, type Executor } from '@visapi/backend-repositories';
import { EffectsRepository, planMessages } from '@visapi/backend-repositories/effects';
import { newestOrderOfPhone, OrdersRepository } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';
import {
  decideResend,
  type ResendDecision,
  type ResendWish,
  resentConfirmation,
  unknownFacts,
} from '../resend.js';
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

  async execute({ target, wish, by }: ResendConfirmation): Promise<ResentConfirmation> {
    return await this.database.db.transaction().execute(async (transaction) => {
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
      return { state: 'planned', messageId: await plan(transaction, orderId, decision, wish, by), ...told };
    });
  }
}

async function plan(
  transaction: Executor,
  orderId: string,
  decision: Extract<ResendDecision, { state: 'send' }>,
  wish: ResendConfirmation['wish'],
  by: AskedBy,
): Promise<string> {
  const id = newId();
  const awaitsContact = wish.phone === null;
  const message = resentConfirmation(orderId, id, decision, {
    awaitsContact,
    correlationId: by.correlationId,
  });
  const payload = {
    reason: wish.reason,
    template: orderConfirmation.name,
    messageEffectIds: [id],
    resendOf: decision.resendOf === null ? [] : [decision.resendOf],
  };
  const facts = [{ type: 'operator.resent', payload }];
  await planMessages(transaction, orderId, [message], { ...by, pauseMs: 0, facts });
  return id;
}

async function orderOf(transaction: Executor, phone: string): Promise<string> {
  const orderId = await newestOrderOfPhone(transaction, phone);
  if (orderId === undefined) throw noOrderOfPhone();
  return orderId;
}
