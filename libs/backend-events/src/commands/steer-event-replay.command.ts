import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import {
  EventReplaysRepository,
  EventsRepository,
  type ReplayRow,
} from '@visapi/backend-repositories/events';
import { replayIs, replayNotFound } from '../events.errors.js';

/** Stops a replay after the batch it is at, or has one that stopped go on where it was. */
export class SteerEventReplay extends Command<ReplayRow> {
  constructor(
    readonly id: string,
    readonly wish: 'cancel' | 'resume',
    readonly by: AskedBy & { readonly reason: string },
  ) {
    super();
  }
}

@CommandHandler(SteerEventReplay)
export class SteerEventReplayHandler implements ICommandHandler<SteerEventReplay> {
  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ id, wish, by: { reason, ...by } }: SteerEventReplay): Promise<ReplayRow> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const isDone = await this.steer(transaction, id, wish);
      const replay = await this.replays.findById(transaction, id);
      if (!replay) throw replayNotFound();
      if (!isDone) throw replayIs(replay.state, wish === 'cancel' ? 'running' : 'cancelled or failed');
      await this.events.appendNext(transaction, {
        ...by,
        type: wish === 'cancel' ? 'operator.replay-cancelled' : 'operator.replay-resumed',
        aggregateType: 'replay',
        aggregateId: id,
        payload: { reason, handler: replay.handler },
      });
      return replay;
    });
  }

  private async steer(transaction: Executor, id: string, wish: 'cancel' | 'resume'): Promise<boolean> {
    return wish === 'cancel'
      ? await this.replays.stop(transaction, id, 'cancelled', null)
      : await this.replays.resume(transaction, id);
  }
}
