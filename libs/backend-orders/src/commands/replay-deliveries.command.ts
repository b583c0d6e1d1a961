import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { asAppError } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database, isDatabaseUnavailable, isSlowStatement } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { type ReplayFilter, ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { mostReplays, type Replayed, type ReplayedBy } from '../replay.js';
import type { ManyReplays } from '../replay-mode.js';
import { replay } from './replay-delivery.command.js';

export interface ReplayedMany {
  readonly matched: number;
  readonly replayed: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Whether more match than one call replays; `cursor` is where the next one begins. */
  readonly more: boolean;
  readonly cursor: string | null;
  readonly results: readonly Replayed[];
}

/** Replays every delivery that a filter finds, oldest first, each by itself: one that fails stops no other. */
export class ReplayDeliveries extends Command<ReplayedMany> {
  constructor(
    readonly filter: ReplayFilter,
    /** Position after which to begin. */
    readonly after: number,
    readonly how: ManyReplays,
    readonly by: ReplayedBy,
  ) {
    super();
  }
}

@CommandHandler(ReplayDeliveries)
export class ReplayDeliveriesHandler implements ICommandHandler<ReplayDeliveries> {
  constructor(
    private readonly database: Database,
    private readonly replays: ReplaysRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
    private readonly log: Log,
  ) {}

  async execute({ filter, after, how, by }: ReplayDeliveries): Promise<ReplayedMany> {
    const found = await this.replays.matching(this.database.db, filter, after, mostReplays + 1);
    const results: Replayed[] = [];
    const openedBy = new Map<string, Replayed>();
    const taken = found.slice(0, mostReplays);
    for (const { id } of taken) {
      const earlier = openedBy.get(id);
      const result = earlier ? { ...earlier, deliveryId: id } : await this.replayOrTell(id, how, by);
      for (const opened of result.opened) openedBy.set(opened, { ...result, opened: [] });
      results.push(result);
    }
    const more = found.length > taken.length;
    return { ...count(results), more, cursor: more ? String(taken.at(-1)?.position) : null, results };
  }

  private async replayOrTell(id: string, how: ManyReplays, by: ReplayedBy): Promise<Replayed> {
    const { database, replays, orders, effects } = this;
    try {
      return await replay({ database, replays, orders, effects }, id, how, by);
    } catch (error) {
      // Without a database the others would fail alike; what was done so far is found done by the next call.
      if (isDatabaseUnavailable(error) && !isSlowStatement(error)) throw error;
      this.log.error('a delivery cannot be replayed', { deliveryId: id }, error);
      const problems = [{ path: '', message: asAppError(error).message }];
      return { deliveryId: id, orderId: null, status: 'failed', problems, opened: [] };
    }
  }
}

function count(results: readonly Replayed[]) {
  const failed = results.filter(({ status }) => status === 'failed').length;
  const unchanged = results.filter(({ status }) =>
    ['rejected', 'refused', 'nothing-to-do'].includes(status),
  ).length;
  return { matched: results.length, replayed: results.length - failed - unchanged, unchanged, failed };
}
