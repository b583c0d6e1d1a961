import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import { Database, type Executor, failureOf, isLostConnection } from '@visapi/backend-repositories';
import {
  EventReplaysRepository,
  type EventRow,
  EventsRepository,
  type ReplayRow,
  stopTelling,
  waitForAggregates,
} from '@visapi/backend-repositories/events';
import { FactNews } from './fact-news.js';
import { paceOf, toldAgain } from './fact-order.js';
import { FactTeller } from './fact-teller.js';
import type { HandlerDefinition } from './handler.js';
import { HandlerBus } from './handler-bus.js';

const idleMs = 1_000;
const mostAtOnce = 200;

/**
 * Tells handlers the history again, in each worker; a replay's row lets one of them do it at a time. A batch is one
 * transaction with the move of the replay's pointer, so a crash leaves neither a gap nor, for handlers that only write rows,
 * a doubled fact.
 *
 * Nothing is missed between a replay and live delivery, and nothing of an aggregate comes out of order: a replay leaves out
 * what has not been told live yet, whatever its position, because the relay is going to. A fact that was told live is
 * visible, so a replay that began later comes to it. A rebuild waits until nobody tells its handler anything, begins anew
 * and then means everything that is visible: what had been told before is among it, what is told later is told to the new
 * beginning. That needs no horizon (`event_horizon`): a position that appears late below the pointer has not been told.
 */
@Injectable()
export class ReplayEvents {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private handlers = new Map<string, HandlerDefinition>();

  constructor(
    private readonly database: Database,
    private readonly replays: EventReplaysRepository,
    private readonly events: EventsRepository,
    private readonly bus: HandlerBus,
    private readonly teller: FactTeller,
    private readonly news: FactNews,
    private readonly log: Log,
  ) {}

  start(): void {
    this.handlers = new Map(this.bus.mounted().map((handler) => [handler.name, handler]));
    this.running = this.handlers.size === 0 ? Promise.resolve() : this.loop();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let wait = idleMs;
      try {
        wait = (await this.step()) ? 0 : await this.idleTime();
      } catch (error) {
        this.log.warn('replay waits', {}, error);
      }
      if (wait > 0) await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  private async idleTime(): Promise<number> {
    const due = await this.replays.dueInMs(this.database.db, [...this.handlers.keys()]);
    // One that is due and could not be taken is in another worker's hands.
    return due === undefined || due <= 0 ? idleMs : Math.min(due, idleMs);
  }

  /** One batch of one replay. @returns whether there was one. @throws when the connection is lost: it is told again */
  private async step(): Promise<boolean> {
    let replay: ReplayRow | undefined;
    try {
      const told = await this.database.db.transaction().execute(async (transaction) => {
        replay = await this.replays.takeDue(transaction, [...this.handlers.keys()]);
        return replay && (await this.tellBatch(transaction, replay));
      });
      if (told) await this.news.confirm(told);
    } catch (error) {
      if (!replay || isLostConnection(error)) throw error;
      await this.giveUp(replay, error);
    }
    return replay !== undefined;
  }

  /** @returns what was told */
  private async tellBatch(transaction: Executor, replay: ReplayRow): Promise<readonly EventRow[]> {
    const handler = this.handlers.get(replay.handler);
    if (!handler) throw new Error(`No handler ${replay.handler} in this process`);
    const begun =
      replay.rebuild && replay.resetAt === null ? await this.beginAnew(transaction, handler, replay) : replay;
    const { batch: limit, pauseMs } = paceOf(replay.ratePerSecond, mostAtOnce);
    const batch = await this.replays.nextFacts(transaction, begun, limit);
    await waitForAggregates(transaction, batch);
    const positions = batch.map(({ position }) => position);
    // What has not been handed on is about to be told live: it is none of the replay's.
    const facts = toldAgain(batch, await this.events.toldOf(transaction, positions));
    await this.teller.tell(transaction, [handler], facts, true);
    const isLast = batch.length < limit;
    const position = batch.at(-1)?.position ?? begun.toPosition;
    await this.replays.advance(transaction, replay.id, {
      position,
      handled: batch.length,
      isLast,
      nextInMs: pauseMs,
    });
    return facts;
  }

  private async beginAnew(
    transaction: Executor,
    handler: HandlerDefinition,
    replay: ReplayRow,
  ): Promise<ReplayRow> {
    await stopTelling(transaction, handler.name);
    await this.bus.reset(handler, transaction);
    return { ...replay, toPosition: await this.replays.markReset(transaction, replay.id) };
  }

  /** What a handler throws at waits in its backlog; whatever else goes wrong would go wrong again. */
  private async giveUp({ id, handler, correlationId }: ReplayRow, error: unknown): Promise<void> {
    const { code, message } = failureOf(error, new Date());
    await this.replays.stop(this.database.db, id, 'failed', `${code}: ${message}`);
    this.log.error('needs attention', { event: 'replay.failed', job: handler, correlationId, code }, error);
  }
}
