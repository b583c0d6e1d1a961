import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { EventReplaysRepository, type ReplayRow } from '@visapi/backend-repositories/events';
import { replayNotFound } from '../events.errors.js';

/** How far a replay has come. */
export class GetEventReplay extends Query<ReplayRow> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetEventReplay)
export class GetEventReplayHandler implements IQueryHandler<GetEventReplay> {
  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
  ) {}

  async execute({ id }: GetEventReplay): Promise<ReplayRow> {
    const replay = await this.replays.findById(this.database.db, id);
    if (!replay) throw replayNotFound();
    return replay;
  }
}
