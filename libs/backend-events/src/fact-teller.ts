import { Injectable } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { type Executor, failureOf, isLostConnection } from '@visapi/backend-repositories';
import {
  type BacklogEntry,
  BacklogRepository,
  DeadLettersRepository,
  type EventRow,
  type Failure,
  inSavepoint,
} from '@visapi/backend-repositories/events';
import { byAggregate, setAside, split, waiting, wantedBy } from './fact-order.js';
import type { HandlerDefinition } from './handler.js';
import { HandlerBus } from './handler-bus.js';

const patienceMs = 10_000;
/** How long a handler that did not come back is told nothing new in the relay's transaction. */
const restMs = 60_000;

export type Outcome = (Failure & { readonly isFinal: boolean }) | undefined;

/** A handler that does not come back. Its transaction is given up, so that whatever it still does is refused. */
export class HandlerHangs extends Error {
  readonly failure: Failure & { readonly isFinal: boolean };

  constructor({ name }: HandlerDefinition, limitMs: number) {
    super(`Handler ${name} took longer than ${limitMs} ms`);
    this.failure = failureOf(new AppError('timeout', this.message), new Date());
  }
}

/**
 * Tells handlers facts within a transaction that holds their aggregates (`fact-locks.ts`): what throws is undone alone and
 * waits for its own tries, with whatever of the same aggregate comes later.
 */
@Injectable()
export class FactTeller {
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly bus: HandlerBus,
    private readonly backlog: BacklogRepository,
    private readonly letters: DeadLettersRepository,
    private readonly log: Log,
  ) {}

  /** @throws when the connection is lost, or a handler hangs: then nothing is held against anybody, and nothing is told */
  async tell(
    transaction: Executor,
    handlers: readonly HandlerDefinition[],
    facts: readonly EventRow[],
    replayed: boolean,
  ): Promise<void> {
    if (facts.length === 0) return;
    const names = handlers.map(({ name }) => name);
    const aggregates = byAggregate(facts).flatMap(([first]) => first ?? []);
    const blocks = await this.backlog.blocks(transaction, names, aggregates);
    for (const handler of handlers) {
      const { now, behind } = split(handler.name, wantedBy(handler, facts), blocks);
      await this.backlog.append(transaction, waiting(handler.name, behind, replayed));
      await this.tellOne(transaction, handler, now, replayed);
    }
  }

  /** One try. @returns what went wrong; its writes are undone then */
  async attempt(
    transaction: Executor,
    handler: HandlerDefinition,
    facts: readonly EventRow[],
    replayed: boolean,
  ): Promise<Outcome> {
    try {
      await inSavepoint(transaction, async (executor) => {
        await this.inTime(handler, this.bus.deliver(handler, { executor, facts, replayed }));
      });
      return undefined;
    } catch (error) {
      if (error instanceof HandlerHangs || isLostConnection(error)) throw error;
      this.log.warn('handler failed', { job: handler.name, count: facts.length }, error);
      return failureOf(error, new Date());
    }
  }

  /** Records that a fact has had its last try, for a person to see. */
  async bury(
    transaction: Executor,
    handler: string,
    fact: EventRow,
    entry: Pick<BacklogEntry, 'attempts' | 'errors'>,
  ): Promise<void> {
    const { aggregateType, aggregateId, correlationId, position, type } = fact;
    const { attempts, errors } = entry;
    await this.letters.open(transaction, {
      ...{ kind: 'handler', name: handler, reference: String(position) },
      ...{ aggregateType, aggregateId, correlationId, attempts, errors },
    });
    const line = {
      ...{ event: type, job: handler, correlationId, attempt: attempts, reason: 'dead letter' },
      ...(aggregateType === 'order' && { orderId: aggregateId }),
    };
    this.log.error('needs attention', { ...line, code: errors.at(-1)?.code });
  }

  private async tellOne(
    transaction: Executor,
    handler: HandlerDefinition,
    facts: readonly EventRow[],
    replayed: boolean,
  ): Promise<void> {
    if (facts.length === 0) return;
    const aggregates = byAggregate(facts);
    if (!replayed && this.rests(handler)) {
      for (const group of aggregates) await this.putAside(transaction, handler, group, null, replayed);
      return;
    }
    const outcome = await this.attempt(transaction, handler, facts, replayed);
    if (!outcome) return;
    for (const group of aggregates) {
      // The only aggregate of a batch has had its try.
      const again =
        aggregates.length === 1 ? outcome : await this.attempt(transaction, handler, group, replayed);
      if (again) await this.putAside(transaction, handler, group, again, replayed);
    }
  }

  private async putAside(
    transaction: Executor,
    handler: HandlerDefinition,
    facts: readonly EventRow[],
    outcome: NonNullable<Outcome> | null,
    replayed: boolean,
  ): Promise<void> {
    const entries = setAside(handler, facts, outcome, replayed, Math.random());
    await this.backlog.append(transaction, entries);
    const [head] = entries;
    const [fact] = facts;
    if (head?.state === 'dead' && fact) await this.bury(transaction, handler.name, fact, head);
  }

  /** What did not come back is left to the backlog for a while, where nobody else waits for it. */
  private rests({ name }: HandlerDefinition): boolean {
    const until = this.resting.get(name);
    return until !== undefined && performance.now() < until;
  }

  private async inTime(handler: HandlerDefinition, work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const limit = handler.timeoutMs ?? patienceMs;
    const timer = setTimeout(() => {
      this.resting.set(handler.name, performance.now() + restMs);
      late.reject(new HandlerHangs(handler, limit));
    }, limit);
    // Whatever it still does is refused: its transaction has ended.
    work.catch(() => undefined);
    try {
      await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
