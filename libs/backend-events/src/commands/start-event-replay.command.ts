import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import {
  EventReplaysRepository,
  EventsRepository,
  type ReplayRow,
} from '@visapi/backend-repositories/events';
import { once } from '@visapi/backend-repositories/idempotency';
import { handlerGone, replayNotFound } from '../events.errors.js';
import { definedHandlers } from '../handler.js';
import { choiceOf, refuseOutsideEffects, type ReplayRequest } from '../replay-request.js';

/** Has the worker tell a handler the history again, from the first fact that is meant to the newest of now. */
export class StartEventReplay extends Command<ReplayRow> {
  constructor(
    readonly request: ReplayRequest & {
      /** Lets a handler with outside effects do them again. */
      readonly force: boolean;
      readonly ratePerSecond: number;
      readonly reason: string | undefined;
    },
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(StartEventReplay)
export class StartEventReplayHandler implements ICommandHandler<StartEventReplay> {
  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ request, by }: StartEventReplay): Promise<ReplayRow> {
    const { force, ratePerSecond, reason: given, ...meant } = request;
    const choice = choiceOf(meant, definedHandlers());
    const handler = definedHandlers().get(meant.handler);
    if (!handler) throw handlerGone(meant.handler, []);
    refuseOutsideEffects(handler, { force, reason: given });
    const counted = await this.database.report((executor) => this.replays.countFacts(executor, choice));
    const reason = given ?? 'no reason given';
    return await this.database.db.transaction().execute(async (transaction) => {
      const id = await once(transaction, by, async () => {
        const { name } = handler;
        const asked = { rebuild: meant.rebuild, forced: force, ratePerSecond, reason, counted };
        const replay = await this.replays.begin(transaction, { ...choice, handler: name, ...asked, ...by });
        await this.events.appendNext(transaction, {
          ...by,
          type: 'operator.replay-started',
          aggregateType: 'replay',
          aggregateId: replay.id,
          payload: { reason, handler: name, rebuild: meant.rebuild, events: counted.events },
        });
        return replay.id;
      });
      const replay = await this.replays.findById(transaction, id);
      if (!replay) throw replayNotFound();
      return replay;
    });
  }
}
