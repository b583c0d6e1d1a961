import { Injectable } from '@nestjs/common';
import type { Executor } from '@visapi/backend-repositories';
import { claimForTelling, type EventRow } from '@visapi/backend-repositories/events';
import { mayGo, wantedBy } from './fact-order.js';
import { FactTeller } from './fact-teller.js';
import type { HandlerDefinition } from './handler.js';
import { HandlerBus } from './handler-bus.js';

/** Facts that one relay remembers of having left for later. */
const mostRemembered = 10_000;

/**
 * The relay's part in telling handlers: which facts of a batch may go now, and which are left because somebody else holds
 * their aggregate or tells an earlier one at this moment. What is left has woken its jobs; it is passed over until the
 * relay has come to the end of what is waiting, so that it holds up nobody.
 */
@Injectable()
export class LiveFacts {
  private mounted: readonly HandlerDefinition[] = [];
  private readonly woken = new Set<number>();
  private left: number[] = [];

  constructor(
    private readonly bus: HandlerBus,
    private readonly teller: FactTeller,
  ) {}

  /** @throws when a handler has no listener, or a listener no handler */
  begin(): void {
    this.bus.assertComplete();
    this.mounted = this.bus.mounted();
  }

  get handlers(): readonly string[] {
    return this.mounted.map(({ name }) => name);
  }

  get passedOver(): readonly number[] {
    return this.left;
  }

  /** Those whose jobs this relay has not woken before. */
  fresh(events: readonly EventRow[]): readonly EventRow[] {
    return this.woken.size === 0 ? events : events.filter(({ position }) => !this.woken.has(position));
  }

  /** @returns what may be marked, and of it what handlers were told */
  async tell(
    transaction: Executor,
    events: readonly EventRow[],
  ): Promise<{ readonly done: readonly EventRow[]; readonly told: readonly EventRow[] }> {
    const handlers = this.mounted.filter((handler) => wantedBy(handler, events).length > 0);
    if (handlers.length === 0) return { done: events, told: [] };
    const types = [...new Set(this.mounted.flatMap((handler) => handler.types))];
    const wanted = wantedBy({ types }, events);
    const names = handlers.map(({ name }) => name);
    const claim = await claimForTelling(transaction, wanted, types, names);
    const done = mayGo(events, handlers, claim);
    const told = wantedBy({ types }, done);
    await this.teller.tell(transaction, handlers, told, false);
    return { done, told };
  }

  /** After the commit. */
  remember(taken: readonly EventRow[], done: readonly EventRow[], isMore: boolean): void {
    for (const { position } of done) this.woken.delete(position);
    const gone = new Set(done);
    const left = taken.filter((event) => !gone.has(event)).map(({ position }) => position);
    if (this.woken.size > mostRemembered) this.woken.clear();
    for (const position of left) this.woken.add(position);
    this.left = isMore && this.left.length < mostRemembered ? [...this.left, ...left] : [];
  }
}
