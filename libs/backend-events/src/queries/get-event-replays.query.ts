import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { EventReplaysRepository, type ReplayRow } from '@visapi/backend-repositories/events';

/** Replays, newest first. */
export class GetEventReplays extends Query<PageResult<ReplayRow>> {
  constructor(
    readonly filter: { readonly handler?: string; readonly state?: string },
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetEventReplays)
export class GetEventReplaysHandler implements IQueryHandler<GetEventReplays> {
  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
  ) {}

  async execute({ filter: { handler, state }, page }: GetEventReplays): Promise<PageResult<ReplayRow>> {
    const where = {
      ...(handler === undefined ? {} : { handler }),
      ...(state === undefined ? {} : { state }),
    };
    return await this.replays.findPage(this.database.db, where, page);
  }
}
