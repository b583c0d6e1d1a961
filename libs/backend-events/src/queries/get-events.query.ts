import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import {
  type EventFilter,
  EventListsRepository,
  type ListedEvent,
  SealsRepository,
} from '@visapi/backend-repositories/events';

export type SealedEvent = ListedEvent & {
  /** Whether a seal stands on it: from then on a change of it would show. */
  readonly isSealed: boolean;
};

/** The history as it was written: every fact, newest first. */
export class GetEvents extends Query<PageResult<SealedEvent>> {
  constructor(
    readonly filter: EventFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetEvents)
export class GetEventsHandler implements IQueryHandler<GetEvents> {
  constructor(
    private readonly database: Database,
    private readonly lists: EventListsRepository,
    private readonly seals: SealsRepository,
  ) {}

  async execute({ filter, page }: GetEvents): Promise<PageResult<SealedEvent>> {
    // The seals first: what they cover cannot change while the list is read.
    const sealed = await this.seals.lastSealed(this.database.db);
    const { items, pagination } = await this.database.report((executor) =>
      this.lists.list(executor, filter, page),
    );
    return { items: items.map((event) => ({ ...event, isSealed: event.position <= sealed })), pagination };
  }
}
