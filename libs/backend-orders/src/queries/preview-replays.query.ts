import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { type ReplayFilter, ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { type Foreseen, mostReplays } from '../replay.js';
import type { ManyReplays } from '../replay-mode.js';
import { foreseeStored } from './preview-replay.query.js';

export interface ForeseenMany {
  readonly matched: number;
  readonly more: boolean;
  readonly cursor: string | null;
  readonly results: readonly Foreseen[];
}

/** What a replay of all that a filter finds would do, oldest first; writes nothing. */
export class PreviewReplays extends Query<ForeseenMany> {
  constructor(
    readonly filter: ReplayFilter,
    /** Position after which to begin. */
    readonly after: number,
    readonly how: ManyReplays,
  ) {
    super();
  }
}

@QueryHandler(PreviewReplays)
export class PreviewReplaysHandler implements IQueryHandler<PreviewReplays> {
  constructor(
    private readonly database: Database,
    private readonly replays: ReplaysRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ filter, after, how }: PreviewReplays): Promise<ForeseenMany> {
    const { database, replays, orders, effects } = this;
    const found = await replays.matching(database.db, filter, after, mostReplays + 1);
    const taken = found.slice(0, mostReplays);
    const results: Foreseen[] = [];
    const accepted = new Set<string | null>();
    const replayed = new Set<string | null>();
    for (const { id } of taken) {
      const foreseen = await foreseeStored({ database, replays, orders, effects }, id, how, accepted);
      if (foreseen.would === 'accept') accepted.add(foreseen.orderId);
      const isOfOrder = foreseen.would === 'plan' || foreseen.would === 'rewrite';
      results.push(isOfOrder && replayed.has(foreseen.orderId) ? doneBefore(foreseen) : foreseen);
      if (isOfOrder) replayed.add(foreseen.orderId);
    }
    const more = found.length > taken.length;
    return { matched: results.length, more, cursor: more ? String(taken.at(-1)?.position) : null, results };
  }
}

/** An earlier delivery of the same order has brought about what this one would. */
function doneBefore({ deliveryId, orderId, now }: Foreseen): Foreseen {
  return { deliveryId, orderId, now, would: 'nothing', problems: [], effects: [] };
}
