import { Injectable } from '@nestjs/common';
import { Log } from '@visapi/backend-observability';
import { Database, type Executor } from '@visapi/backend-repositories';
import { BacklogRepository, type Block, type Head, tryToClaim } from '@visapi/backend-repositories/events';
import { FactNews } from './fact-news.js';
import { afterFailure } from './fact-order.js';
import { FactTeller, HandlerHangs, type Outcome } from './fact-teller.js';
import type { HandlerDefinition } from './handler.js';
import { HandlerBus } from './handler-bus.js';

const atOnce = 50;

/** Tells handlers again what they could not take, one fact at a time and beside the relay, which waits for none of it. */
@Injectable()
export class Backlog {
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly bus: HandlerBus,
    private readonly backlog: BacklogRepository,
    private readonly teller: FactTeller,
    private readonly news: FactNews,
    private readonly log: Log,
  ) {}

  /** Something is due. */
  wake(): void {
    if (this.isStopped) return;
    this.running ??= this.work()
      .catch((error: unknown) => this.log.warn('facts wait for their handlers', {}, error))
      .finally(() => (this.running = undefined));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  /** As long as it gets on. What others hold is left to the next call. */
  private async work(): Promise<void> {
    const handlers = new Map(this.bus.mounted().map((handler) => [handler.name, handler]));
    let progress = true;
    while (progress && !this.isStopped) {
      progress = false;
      for (const block of await this.backlog.due(this.database.db, [...handlers.keys()], atOnce)) {
        const handler = handlers.get(block.handler);
        if (!handler || this.isStopped) continue;
        progress = (await this.retry(handler, block)) || progress;
      }
    }
  }

  /** @returns whether it was tried */
  private async retry(handler: HandlerDefinition, block: Block): Promise<boolean> {
    let told: Head | undefined;
    try {
      told = await this.inTurn(block, async (transaction, head) => {
        const outcome = await this.teller.attempt(transaction, handler, [head.fact], head.replayed);
        if (outcome) await this.fail(transaction, handler, block, head, outcome);
        else await this.backlog.settle(transaction, block, 'done');
      });
    } catch (error) {
      if (!(error instanceof HandlerHangs)) throw error;
      // Its transaction is gone with the try, so the failure is kept in another one.
      told = await this.inTurn(block, async (transaction, head) => {
        await this.fail(transaction, handler, block, head, error.failure);
      });
    }
    if (told) await this.news.confirm([told.fact]);
    return told !== undefined;
  }

  /** Does something with a fact whose turn it is. @returns the fact; undefined when it is not its turn, or not ours */
  private async inTurn(
    block: Block,
    work: (transaction: Executor, head: Head) => Promise<void>,
  ): Promise<Head | undefined> {
    return await this.database.db.transaction().execute(async (transaction) => {
      if (!(await tryToClaim(transaction, block, block.handler))) return undefined;
      const head = await this.backlog.head(transaction, block);
      if (head) await work(transaction, head);
      return head;
    });
  }

  private async fail(
    transaction: Executor,
    handler: HandlerDefinition,
    block: Block,
    head: Head,
    outcome: NonNullable<Outcome>,
  ): Promise<void> {
    const entry = afterFailure(handler, head, outcome, Math.random());
    await this.backlog.fail(transaction, block, entry);
    if (entry.state === 'dead') await this.teller.bury(transaction, handler.name, head.fact, entry);
  }
}
