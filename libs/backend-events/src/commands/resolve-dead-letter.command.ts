import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { subjectOf } from '@visapi/backend-queue';
import { Database, type Executor } from '@visapi/backend-repositories';
import { reopenEffect } from '@visapi/backend-repositories/effects';
import {
  type Aggregate,
  BacklogRepository,
  type DeadLetterRow,
  DeadLettersRepository,
  EventsRepository,
  waitForAggregates,
} from '@visapi/backend-repositories/events';
import { ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { deadLetterNotFound, deadLetterResolved, handlerGone, nothingToReplay } from '../events.errors.js';
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
  readonly replays: ReplaysRepository;
}

@CommandHandler(ResolveDeadLetter)
export class ResolveDeadLetterHandler implements ICommandHandler<ResolveDeadLetter> {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLettersRepository,
    private readonly backlog: BacklogRepository,
    private readonly events: EventsRepository,
    private readonly replays: ReplaysRepository,
  ) {}

  async execute({ id, resolution, by }: ResolveDeadLetter): Promise<DeadLetterRow> {
    const { database, letters, backlog, events, replays } = this;
    return await resolveDeadLetter({ database, letters, backlog, events, replays }, id, resolution, by);
  }
}

/** @throws AppError `not-found`, `conflict` when it has been resolved, `unprocessable` when its handler is gone */
export async function resolveDeadLetter(
  parts: ResolveParts,
  id: string,
  resolution: Resolution,
  { reason, ...by }: ResolvedBy,
): Promise<DeadLetterRow> {
  const { database, letters, events } = parts;
  return await database.db.transaction().execute(async (transaction) => {
    const letter = await letters.findById(transaction, id);
    if (!letter) throw deadLetterNotFound();
    // A relay may be putting later facts behind it at this moment: they must be seen.
    const aggregate = aggregateOf(letter);
    if (aggregate) await waitForAggregates(transaction, [aggregate]);
    const isOurs = await letters.resolve(transaction, id, { state: resolution, actor: by.actor, reason });
    const resolved = await letters.findById(transaction, id);
    if (!resolved) throw deadLetterNotFound();
    if (!isOurs) throw deadLetterResolved(resolved.state);
    if (aggregate) await release(transaction, parts.backlog, letter, aggregate, resolution);
    else if (resolution === 'replayed') await reopen(transaction, parts.replays, letter, { ...by, reason });
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
  aggregate: Aggregate,
  resolution: Resolution,
): Promise<void> {
  const { name: handler } = letter;
  const position = Number(letter.reference);
  if (resolution === 'discarded') {
    await backlog.settle(transaction, { handler, position, ...aggregate }, 'discarded');
    return;
  }
  if (!definedHandlers().has(handler)) throw handlerGone(handler, [...definedHandlers().keys()]);
  await backlog.reopen(transaction, handler, position);
}

/**
 * The row that the job was about is owed again, and the facts wake its job; what has been done or opened meanwhile stays
 * as it is. An effect is opened only when it certainly did not happen.
 */
async function reopen(
  transaction: Executor,
  replays: ReplaysRepository,
  { name, reference }: DeadLetterRow,
  by: ResolvedBy,
): Promise<void> {
  const subject = subjectOf(reference);
  if (!subject) throw nothingToReplay(name);
  if (subject.kind === 'delivery') await replays.openFailed(transaction, subject.id, by.actor);
  else await reopenEffect(transaction, subject.id, by);
}

/** What a handler's facts are ordered by; undefined for the letters of jobs. */
function aggregateOf({ kind, aggregateType, aggregateId }: DeadLetterRow): Aggregate | undefined {
  if (kind !== 'handler' || aggregateType === null || aggregateId === null) return undefined;
  return { aggregateType, aggregateId };
}
