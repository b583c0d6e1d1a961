import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '@visapi/backend-observability';
import { type JobRequest, Jobs } from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { type EventRow, EventsRepository } from '@visapi/backend-repositories/events';
import { HandlerBus } from './handler-bus.js';
import type { Subscription } from './subscription.js';

const busyPauseMs = 10;
const idlePauseMs = 80;
const troublePauseMs = 500;

/** Told once per batch of what is committed, before its jobs are added; the batch is handed on again when it fails. */
export type FactObserver = (facts: readonly EventRow[]) => Promise<void>;

/**
 * Hands committed events on as jobs. Any number of relays may run: each takes rows that no other holds. A crash between
 * adding the jobs and marking the rows adds them again, which job ids and the rows' own states make harmless.
 */
@Injectable()
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private inTrouble = false;
  private observer: FactObserver | undefined;

  constructor(
    private readonly database: Database,
    private readonly events: EventsRepository,
    private readonly jobs: Jobs,
    private readonly bus: HandlerBus,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** @throws when a handler of facts has no listener, or a listener no handler */
  start(subscriptions: readonly Subscription[], batchSize: number, observer?: FactObserver): void {
    this.bus.assertComplete();
    this.observer = observer;
    const byType = Map.groupBy(subscriptions, (subscription): string => subscription.type);
    this.running = this.loop(byType, batchSize);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(byType: Map<string, Subscription[]>, batchSize: number): Promise<void> {
    let wait = busyPauseMs;
    while (!this.stopping.signal.aborted) {
      const taken = await this.tryTick(byType, batchSize);
      if (taken === undefined) wait = troublePauseMs;
      else if (taken === batchSize) wait = 0;
      else wait = taken > 0 ? busyPauseMs : Math.min(wait * 2 || busyPauseMs, idlePauseMs);
      await pause(wait, undefined, { signal: this.stopping.signal }).catch(onlyAbort);
    }
  }

  /** @returns the number of events handed on, or undefined when Postgres or Redis would not */
  private async tryTick(byType: Map<string, Subscription[]>, batchSize: number): Promise<number | undefined> {
    try {
      const taken = await this.tick(byType, batchSize);
      if (this.inTrouble) this.log.warn('outbox relay goes on');
      this.inTrouble = false;
      return taken;
    } catch (error) {
      if (!this.inTrouble) this.log.warn('outbox relay waits', {}, error);
      this.inTrouble = true;
      return undefined;
    }
  }

  private async tick(byType: Map<string, Subscription[]>, batchSize: number): Promise<number> {
    if (!(await this.events.anyUndispatched(this.database.db))) {
      this.metrics.relayLag.set(0);
      return 0;
    }
    return await this.database.db.transaction().execute(async (transaction) => {
      const events = await this.events.takeUndispatched(transaction, batchSize);
      const [oldest] = events;
      if (!oldest) return 0;
      await this.observer?.(events);
      await this.jobs.enqueue(events.flatMap((event) => this.jobsOf(event, byType)));
      for (const handler of this.bus.mounted()) {
        const facts = events.filter(({ type }) => (handler.types as readonly string[]).includes(type));
        if (facts.length > 0)
          await this.bus.deliver(handler, { executor: transaction, facts, replayed: false });
      }
      await this.events.markDispatched(
        transaction,
        events.map((event) => event.position),
      );
      this.metrics.relayed.inc(events.length);
      this.metrics.relayLag.set(Math.max(0, (Date.now() - oldest.occurredAt.getTime()) / 1000));
      return events.length;
    });
  }

  /** One unreadable event must not hold up the others; the effects it stood for are found by the sweep. */
  private jobsOf(event: EventRow, byType: Map<string, Subscription[]>): JobRequest[] {
    try {
      return (byType.get(event.type) ?? []).flatMap((subscription) => [...subscription.jobs(event)]);
    } catch (error) {
      this.log.error('event does not fit its contract', { event: event.type, count: event.position }, error);
      return [];
    }
  }
}

function onlyAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
