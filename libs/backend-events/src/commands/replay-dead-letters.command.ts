import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import {
  BacklogRepository,
  type DeadLetterFilter,
  DeadLettersRepository,
  EventsRepository,
} from '@visapi/backend-repositories/events';
import { ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { mostDeadLetters } from '../queries/find-open-dead-letters.query.js';
import { resolveDeadLetter, type ResolvedBy } from './resolve-dead-letter.command.js';

export interface ReplayedDeadLetters {
  readonly replayed: readonly string[];
  /** Those that could not be, and why. */
  readonly refused: readonly { readonly id: string; readonly problem: string }[];
  readonly more: boolean;
}

/** Has many dead letters tried again, oldest first; each is a change of its own. */
export class ReplayDeadLetters extends Command<ReplayedDeadLetters> {
  constructor(
    readonly filter: Pick<DeadLetterFilter, 'kind' | 'name'>,
    readonly by: ResolvedBy,
  ) {
    super();
  }
}

@CommandHandler(ReplayDeadLetters)
export class ReplayDeadLettersHandler implements ICommandHandler<ReplayDeadLetters> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
    private readonly backlog: BacklogRepository,
    private readonly events: EventsRepository,
    private readonly replays: ReplaysRepository,
  ) {}

  async execute({ filter, by }: ReplayDeadLetters): Promise<ReplayedDeadLetters> {
    const { database, letters, backlog, events, replays } = this;
    const found = await letters.openOnes(database.db, filter, mostDeadLetters + 1);
    const [replayed, refused]: [string[], { id: string; problem: string }[]] = [[], []];
    for (const { id } of found.slice(0, mostDeadLetters)) {
      try {
        await resolveDeadLetter({ database, letters, backlog, events, replays }, id, 'replayed', by);
        replayed.push(id);
      } catch (error) {
        // One that somebody else has just resolved, or whose handler is gone, is no reason to leave the others.
        if (!(error instanceof AppError)) throw error;
        refused.push({ id, problem: error.message });
      }
    }
    return { replayed, refused, more: found.length > mostDeadLetters };
  }
}
