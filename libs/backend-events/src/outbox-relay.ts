import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '@visapi/backend-observability';
import { type JobRequest, Jobs } from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { type EventRow, EventsRepository } from '@visapi/backend-repositories/events';
import { Backlog } from './backlog.js';
import { type FactObserver, FactNews } from './fact-news.js';
import { LiveFacts } from './live-facts.js';
import type { Subscription } from './subscription.js';

const busyPauseMs = 10;
const idlePauseMs = 80;
const longestTroublePauseMs = 500;

interface Tick {
  readonly taken: number;
  readonly handedOn: number;
}

/**
 * Hands committed events on: wakes jobs, and tells the handlers of this process. Any number of relays may run: each takes
 * rows that no other holds. A crash between adding the jobs and deleting the rows adds them again, which job ids and the
 * rows' own states make harmless.
 */
@Injectable()
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private inTrouble = false;
  private byType = new Map<string, Subscription[]>();
  /** Told in transactions of which nobody heard whether they were committed, by position. */
  private readonly doubtful = new Map<number, EventRow>();

  constructor(
    private readonly database: Database,
    private readonly events: EventsRepository,
    private readonly jobs: Jobs,
    private readonly live: LiveFacts,
    private readonly backlog: Backlog,
    private readonly news: FactNews,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** @throws when a handler of facts has no listener, or a listener no handler */
  start(subscriptions: readonly Subscription[], batchSize: number, observer?: FactObserver): void {
    this.live.begin();
    this.news.listen(observer);
    this.byType = Map.groupBy(subscriptions, (subscription): string => subscription.type);
    this.running = this.loop(batchSize);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.backlog.stop();
  }

  private async loop(batchSize: number): Promise<void> {
    let wait = busyPauseMs;
    while (!this.stopping.signal.aborted) {
      const tick = await this.tryTick(batchSize);
      if (tick === undefined) wait = Math.min(wait * 2 || busyPauseMs, longestTroublePauseMs);
      else if (tick.handedOn === 0) wait = Math.min(wait * 2 || busyPauseMs, idlePauseMs);
      else wait = tick.taken === batchSize ? 0 : busyPauseMs;
      await pause(wait, undefined, { signal: this.stopping.signal }).catch(onlyAbort);
    }
  }

  /** @returns undefined when Postgres or Redis would not */
  private async tryTick(batchSize: number): Promise<Tick | undefined> {
    try {
      const tick = await this.tick(batchSize);
      if (this.inTrouble) this.log.warn('outbox relay goes on');
      this.inTrouble = false;
      return tick;
    } catch (error) {
      if (!this.inTrouble) this.log.warn('outbox relay waits', {}, error);
      this.inTrouble = true;
      return undefined;
    }
  }

  private async tick(batchSize: number): Promise<Tick> {
    await this.settleDoubts();
    await this.news.catchUp();
    const work = await this.events.anyWork(this.database.db, this.live.handlers);
    if (work.isDue) this.backlog.wake();
    if (!work.isUndispatched) {
      this.metrics.relayLag.set(0);
      return { taken: 0, handedOn: 0 };
    }
    const { told, ...tick } = await this.handOn(batchSize);
    await this.news.confirm(told);
    return tick;
  }

  /** In one transaction. @returns what was told to handlers, too */
  private async handOn(batchSize: number): Promise<Tick & { readonly told: readonly EventRow[] }> {
    let telling: readonly EventRow[] = [];
    const committing = this.database.db.transaction().execute(async (transaction) => {
      const events = await this.events.takeUndispatched(transaction, batchSize, this.live.passedOver);
      if (events.length === 0) return { events, done: [], told: [] };
      // Jobs come first, and for all of them: what customers wait for does not wait for handlers.
      const fresh = this.live.fresh(events);
      await this.news.announce(fresh);
      if (fresh.length > 0) await this.jobs.enqueue(fresh.flatMap((event) => this.jobsOf(event)));
      const { done, told } = await this.live.tell(transaction, events);
      telling = told;
      await this.events.removeDispatched(
        transaction,
        done.map((event) => event.position),
      );
      return { events, done, told };
    });
    const { events, done, told } = await committing.catch((error: unknown) => {
      for (const fact of telling) this.doubtful.set(fact.position, fact);
      throw error;
    });
    this.live.remember(events, done, events.length === batchSize);
    this.metrics.relayed.inc(done.length);
    const [oldest] = events;
    if (oldest) this.metrics.relayLag.set(Math.max(0, (Date.now() - oldest.occurredAt.getTime()) / 1000));
    return { taken: events.length, handedOn: done.length, told };
  }

  /** What has left the outbox was committed after all: reads have to follow what handlers wrote because of it. */
  private async settleDoubts(): Promise<void> {
    if (this.doubtful.size === 0) return;
    const gone = await this.events.toldOf(this.database.db, [...this.doubtful.keys()]);
    await this.news.confirm([...this.doubtful.values()].filter(({ position }) => gone.has(position)));
    for (const position of gone) this.doubtful.delete(position);
  }

  /** One unreadable event must not hold up the others; the effects it stood for are found by the sweep. */
  private jobsOf(event: EventRow): JobRequest[] {
    try {
      return (this.byType.get(event.type) ?? []).flatMap((subscription) => [...subscription.jobs(event)]);
    } catch (error) {
      this.log.error('event does not fit its contract', { event: event.type, count: event.position }, error);
      return [];
    }
  }
}

function onlyAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
