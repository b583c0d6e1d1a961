import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { decideContact, resyncedContact } from '@visapi/backend-orders';
import type { CbbField } from '@visapi/backend-providers';
import { Database, type Executor } from '@visapi/backend-repositories';
import { lockResyncTarget, newestOrderOf, type ResyncTarget } from '@visapi/backend-repositories/contacts';
import { planContact } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { contactOf } from '../contact-fields.js';
import { noContactOwed, noOrderOfPhone, orderNotFound } from '../contacts.errors.js';

export interface ResyncedCbbContact {
  readonly orderId: string;
  readonly status: 'planned' | 'would-plan';
  /** E.164. */
  readonly phone: string;
  /** The order whose values are written: the newest of the phone, which may be another one. */
  readonly valuesOf: string;
  readonly fields: readonly CbbField[];
}

/**
 * An operator wants the CRM to be given an order's customer again, all fields, whatever was confirmed before. The order
 * is named by its id, or by a phone whose newest order is meant.
 */
export class ResyncCbbContact extends Command<ResyncedCbbContact> {
  constructor(
    readonly target: { readonly orderId: string } | { readonly phone: string },
    readonly wish: { readonly reason: string; readonly dryRun: boolean },
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(ResyncCbbContact)
export class ResyncCbbContactHandler implements ICommandHandler<ResyncCbbContact> {
  constructor(private readonly database: Database) {}

  async execute(command: ResyncCbbContact): Promise<ResyncedCbbContact> {
    return await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, command.by, async () => await resync(transaction, command)),
      );
  }
}

async function resync(
  transaction: Executor,
  { target, wish, by }: ResyncCbbContact,
): Promise<ResyncedCbbContact> {
  const order = await find(transaction, target);
  const decision = decideContact(order);
  if (decision.state === 'skipped') throw noContactOwed(decision.reason);
  const { phone } = decision;
  const newest = await newestOrderOf(transaction, phone);
  if (!newest) throw noOrderOfPhone();
  const told = { phone, valuesOf: newest.newestOrderId, fields: contactOf(newest).fields };
  const { orderId } = order;
  if (wish.dryRun) return { orderId, status: 'would-plan', ...told };
  const effect = resyncedContact(order, phone, by.correlationId);
  const payload = { reason: wish.reason, contactEffectId: effect.id };
  await planContact(transaction, effect, [{ type: 'operator.synced', payload }], by);
  return { orderId, status: 'planned', ...told };
}

async function find(
  transaction: Executor,
  target: { readonly orderId: string } | { readonly phone: string },
): Promise<ResyncTarget> {
  const orderId = 'orderId' in target ? target.orderId : await orderOf(transaction, target.phone);
  const order = await lockResyncTarget(transaction, orderId);
  if (!order) throw orderNotFound(orderId);
  return order;
}

async function orderOf(transaction: Executor, phone: string): Promise<string> {
  const newest = await newestOrderOf(transaction, phone);
  if (!newest) throw noOrderOfPhone();
  return newest.newestOrderId;
}
