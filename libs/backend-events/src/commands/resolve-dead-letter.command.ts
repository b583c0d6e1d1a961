import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppError, type AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import {
  BacklogRepository,
  type DeadLetterRow,
  DeadLettersRepository,
  EventsRepository,
  waitForAggregates,
} from '@visapi/backend-repositories/events';
import { deadLetterNotFound, deadLetterResolved, handlerGone } from '../events.errors.js';
import { definedHandlers } from '../handler.js';

export type Resolution = 'replayed' | 'discarded';

export interface ResolvedBy extends AskedBy {
  readonly reason: string;
}

/** Has what was given up tried again, with all its tries, or declares that nobody needs it. */
export class ResolveDeadLetter extends Command<DeadLetterRow> {
  constructor(
    readonly id: string,
    readonly resolution: Resolution,
    readonly by: ResolvedBy,
  ) {
    super();
  }
}

export interface ResolveParts {
  readonly database: Database;
  readonly letters: DeadLettersRepository;
  readonly backlog: BacklogRepository;
  readonly events: EventsRepository;
}

@CommandHandler(ResolveDeadLetter)
export class ResolveDeadLetterHandler implements ICommandHandler<ResolveDeadLetter> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
    private readonly backlog: BacklogRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ id, resolution, by }: ResolveDeadLetter): Promise<DeadLetterRow> {
    const { database, letters, backlog, events } = this;
    return await resolveDeadLetter({ database, letters, backlog, events }, id, resolution, by);
  }
}

/** @throws AppError `not-found`, `conflict` when it has been resolved, `unprocessable` when its handler is gone */
export async function resolveDeadLetter(
  { database, letters, backlog, events }: ResolveParts,
  id: string,
  resolution: Resolution,
  { reason, ...by }: ResolvedBy,
): Promise<DeadLetterRow> {
  return await database.db.transaction().execute(async (transaction) => {
    const letter = await letters.findById(transaction, id);
    if (!letter) throw deadLetterNotFound();
    // A relay may be putting later facts behind it at this moment: they must be seen.
    await waitForAggregates(transaction, [aggregateOf(letter)]);
    const isOurs = await letters.resolve(transaction, id, { state: resolution, actor: by.actor, reason });
    const resolved = await letters.findById(transaction, id);
    if (!resolved) throw deadLetterNotFound();
    if (!isOurs) throw deadLetterResolved(resolved.state);
    await release(transaction, backlog, letter, resolution);
    const { name, reference } = letter;
    await events.appendNext(transaction, {
      ...by,
      type: `operator.dead-letter-${resolution}`,
      aggregateType: 'dead-letter',
      aggregateId: id,
      payload: { reason, name, reference },
    });
    return resolved;
  });
}

/** What waits behind it comes after it, or now. */
async function release(
  transaction: Executor,
  backlog: BacklogRepository,
  letter: DeadLetterRow,
  resolution: Resolution,
): Promise<void> {
  const { name: handler } = letter;
  const position = Number(letter.reference);
  if (resolution === 'discarded') {
    await backlog.settle(transaction, { handler, position, ...aggregateOf(letter) }, 'discarded');
    return;
  }
  if (!definedHandlers().has(handler)) throw handlerGone(handler, [...definedHandlers().keys()]);
  await backlog.reopen(transaction, handler, position);
}

function aggregateOf({ kind, aggregateType, aggregateId }: DeadLetterRow) {
  if (kind !== 'handler' || aggregateType === null || aggregateId === null)
    throw new AppError('unprocessable', `Dead letters of kind ${kind} are not resolved here.`);
  return { aggregateType, aggregateId };
}
