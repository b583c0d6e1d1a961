import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { type ReplayFilter, ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { type Foreseen, mostReplays } from '../replay.js';
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

  async execute({ filter, after }: PreviewReplays): Promise<ForeseenMany> {
    const { database, replays, orders, effects } = this;
    const found = await replays.matching(database.db, filter, after, mostReplays + 1);
    const taken = found.slice(0, mostReplays);
    const results: Foreseen[] = [];
    const accepted = new Set<string | null>();
    for (const { id } of taken) {
      const foreseen = await foreseeStored({ database, replays, orders, effects }, id, accepted);
      if (foreseen.would === 'accept') accepted.add(foreseen.orderId);
      results.push(foreseen);
    }
    const more = found.length > taken.length;
    return { matched: results.length, more, cursor: more ? String(taken.at(-1)?.position) : null, results };
  }
}
