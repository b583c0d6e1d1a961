import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { asAppError } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database, isDatabaseUnavailable, isSlowStatement } from '@visapi/backend-repositories';
import { EffectsRepository, tellOfOrder } from '@visapi/backend-repositories/effects';
import { ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { planChange, writeChange } from '../order-change.js';
import { foresee, mostReplays, type Replayed, type ReplayedBy } from '../replay.js';
import { rereadOrder } from '../replay-order.js';
import { replay } from './replay-delivery.command.js';

export interface Retriggered {
  readonly orderId: string;
  readonly status: 'successful' | 'failed' | 'skipped';
  readonly message: string;
}

type Result = Omit<Retriggered, 'orderId'>;

/** Which orders: these, or those that deliveries of a period name. */
export type RetriggeredOrders =
  { readonly orderIds: readonly string[] } | { readonly from: Date | null; readonly to: Date | null };

/**
 * Has orders made again from their stored deliveries: one that was never made is replayed; one that exists is read again
 * by today's code, as if it had changed, unless processed orders are to be skipped. What was told is never repeated, and
 * what operators have corrected stays.
 */
export class RetriggerOrders extends Command<{
  readonly more: boolean;
  readonly details: readonly Retriggered[];
}> {
  constructor(
    readonly orders: RetriggeredOrders,
    readonly how: { readonly skipProcessed: boolean; readonly dryRun: boolean },
    readonly by: ReplayedBy,
  ) {
    super();
  }
}

@CommandHandler(RetriggerOrders)
export class RetriggerOrdersHandler implements ICommandHandler<RetriggerOrders> {
  constructor(
    private readonly database: Database,
    private readonly replays: ReplaysRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
    private readonly log: Log,
  ) {}

  async execute({ orders, how, by }: RetriggerOrders) {
    const ids = [...new Set(await this.idsOf(orders))];
    const details: Retriggered[] = [];
    for (const orderId of ids.slice(0, mostReplays))
      details.push({ orderId, ...(await this.retriggerOrTell(orderId, how, by)) });
    return { more: ids.length > mostReplays, details };
  }

  private async idsOf(orders: RetriggeredOrders): Promise<readonly string[]> {
    if ('orderIds' in orders) return orders.orderIds;
    return await this.replays.ordersReceived(this.database.db, orders, mostReplays + 1);
  }

  private async retriggerOrTell(
    orderId: string,
    how: RetriggerOrders['how'],
    by: ReplayedBy,
  ): Promise<Result> {
    try {
      if (!(await this.orders.exists(this.database.db, { orderId })))
        return await this.replayOrder(orderId, how.dryRun, by);
      if (how.skipProcessed) return { status: 'skipped', message: 'The order is there already.' };
      return await this.readAgain(orderId, how.dryRun, by);
    } catch (error) {
      // Without a database the others would fail alike.
      if (isDatabaseUnavailable(error) && !isSlowStatement(error)) throw error;
      this.log.warn('an order cannot be retriggered', { orderId }, error);
      return { status: 'failed', message: asAppError(error).message };
    }
  }

  /** Its deliveries failed or were rejected; the first of them that can be used opens the way. */
  private async replayOrder(orderId: string, dryRun: boolean, by: ReplayedBy): Promise<Result> {
    const stored = await this.replays.ofOrder(this.database.db, orderId);
    if (stored.length === 0)
      return {
        status: 'failed',
        message: 'No stored delivery names this order; ask the shop to send it again.',
      };
    if (stored.some(({ state }) => state === 'open'))
      return { status: 'skipped', message: 'A delivery of this order waits to be interpreted already.' };
    const usable = stored.filter(({ outcome, state }) => state === 'failed' || outcome === 'rejected');
    if (usable.length === 0) return { status: 'skipped', message: 'This is a test order.' };
    const problems: string[] = [];
    for (const { id } of usable) {
      const { isDone, wrong } = dryRun ? await this.foreseeReplay(id) : judged(await this.replayOne(id, by));
      if (isDone)
        return { status: 'successful', message: dryRun ? 'It would be replayed.' : 'It is replayed.' };
      problems.push(wrong);
    }
    return { status: 'failed', message: `No delivery of it can be used: ${problems.join('; ')}` };
  }

  private async replayOne(id: string, by: ReplayedBy): Promise<Replayed> {
    const { database, replays, orders, effects } = this;
    return await replay({ database, replays, orders, effects }, id, { mode: 'missing' }, by);
  }

  private async foreseeReplay(id: string) {
    const delivery = await this.replays.read(this.database.db, id);
    if (!delivery) return { isDone: false, wrong: 'it is gone' };
    const { would, problems } = foresee(delivery, { isAccepted: false, row: undefined, effects: [] });
    return { isDone: would !== 'reject' && problems.length === 0, wrong: inWords(problems) };
  }

  private async readAgain(orderId: string, dryRun: boolean, by: ReplayedBy): Promise<Result> {
    const { reason, ...who } = by;
    return await this.database.db.transaction().execute(async (transaction): Promise<Result> => {
      const before = await this.orders.lock(transaction, orderId);
      const { orders, replays } = this;
      const reread = before && (await rereadOrder(transaction, { orders, replays }, before));
      if (!reread)
        return { status: 'failed', message: 'No stored delivery holds the content of this order.' };
      const { id: deliveryId } = reread.delivery;
      const { appliedPosition } = before;
      const change = planChange(before, reread.content, {
        ...by,
        deliveryId,
        appliedPosition,
        again: true,
      });
      const names = change.event.payload.fields.join(', ') || 'no field';
      if (dryRun) return { status: 'successful', message: `It would be read again: ${names} would change.` };
      await writeChange(transaction, { orders: this.orders, effects: this.effects }, before, change);
      const fact = { type: 'operator.replayed', payload: { reason, deliveryId } };
      await tellOfOrder(transaction, orderId, [fact], who);
      return { status: 'successful', message: `It is read again: ${names} changed.` };
    });
  }
}

function judged({ status, problems }: Replayed) {
  const isDone = ['accepted', 'changed', 'skipped', 'opened'].includes(status);
  return { isDone, wrong: problems.length > 0 ? inWords(problems) : 'somebody else replays it' };
}

function inWords(problems: Replayed['problems']): string {
  return problems.map(({ path, message }) => `${path} ${message}`.trim()).join(', ');
}
