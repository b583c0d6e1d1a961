import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppError, type AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { tellOfOrder } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { lockToSettle, settleAsNotSent, settleAsSent } from '@visapi/backend-repositories/messaging';

export interface SettleMessageResult {
  readonly orderId: string;
  /** What the message is now: accepted, or what its order demands of one that never went out. */
  readonly state: string;
}

/** An operator has found out whether a message of unknown outcome went out. */
export class SettleMessage extends Command<SettleMessageResult> {
  constructor(
    readonly id: string,
    readonly outcome: 'sent' | 'not-sent',
    readonly reason: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(SettleMessage)
export class SettleMessageHandler implements ICommandHandler<SettleMessage> {
  constructor(private readonly database: Database) {}

  async execute(command: SettleMessage): Promise<SettleMessageResult> {
    return await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, command.by, async () => await settle(transaction, command)),
      );
  }
}

async function settle(
  transaction: Executor,
  { id, outcome, reason, by }: SettleMessage,
): Promise<SettleMessageResult> {
  const message = await lockToSettle(transaction, id);
  if (!message) throw new AppError('not-found', 'There is no such message.');
  const { orderId, purpose, claimedAt, evidence } = message;
  if (message.state !== 'uncertain') throw notUncertain(message.state);
  if (outcome === 'not-sent' && message.mayBeAnswered) throw tooEarly();
  const state = outcome === 'sent' ? 'accepted' : await settleAsNotSent(transaction, id);
  if (outcome === 'sent') await settleAsSent(transaction, id);
  // The next attempt overwrites what the effect knows of this one.
  const attempt = { claimedAt: claimedAt?.toISOString() ?? null, evidence };
  const settled = { type: 'operator.settled', payload: { reason, outcome, messageEffectId: id, ...attempt } };
  const wake = { type: 'message.planned', payload: { purpose, messageEffectIds: [id], pauseMs: 0 } };
  await tellOfOrder(transaction, orderId, state === 'planned' ? [settled, wake] : [settled], by);
  return { orderId, state: state ?? message.state };
}

function notUncertain(state: string): AppError {
  return new AppError('conflict', `Only a message that is uncertain can be settled; this one is ${state}.`);
}

function tooEarly(): AppError {
  const message = 'The vendor may still answer the worker that was sending it; try again in two minutes.';
  return new AppError('conflict', message, { retryAfterSeconds: 120 });
}
