import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type CountedFacts, EventReplaysRepository } from '@visapi/backend-repositories/events';
import { definedHandlers } from '../handler.js';
import { choiceOf, type ReplayRequest } from '../replay-request.js';

/** What a replay would tell its handler; nothing is told. */
export class PreviewEventReplay extends Query<CountedFacts & { readonly handler: string }> {
  constructor(readonly request: ReplayRequest) {
    super();
  }
}

@QueryHandler(PreviewEventReplay)
export class PreviewEventReplayHandler implements IQueryHandler<PreviewEventReplay> {
  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
  ) {}

  async execute({ request }: PreviewEventReplay) {
    const choice = choiceOf(request, definedHandlers());
    const counted = await this.database.report((executor) => this.replays.countFacts(executor, choice));
    return { handler: request.handler, ...counted };
  }
}
