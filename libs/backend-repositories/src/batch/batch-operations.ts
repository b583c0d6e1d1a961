import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { newCorrelationId, Repeat } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import type { ApiKeysRepository } from '../access/api-keys.repository.js';
import type { Database } from '../db/database.js';
import type { LogsRepository } from '../logs/logs.repository.js';
import { KeyUsage } from './key-usage.js';

const rowsPerCleanup = 1_000;
const everyMs = 300_000;

interface Tables {
  readonly database: Database;
  readonly keys: ApiKeysRepository;
  readonly logs: LogsRepository;
  readonly log: Log;
}

/** Writes that would cost too much one by one, or too long a lock all at once. */
export class BatchOperationsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly usage = new KeyUsage();
  private readonly telling: Repeat;

  /** @param flushEveryMs how long uses of API keys are counted before they are written down */
  constructor(
    private readonly tables: Tables,
    flushEveryMs = everyMs,
  ) {
    this.telling = new Repeat(() => this.flushKeyUses(), flushEveryMs);
  }

  onApplicationBootstrap(): void {
    this.telling.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.telling.stop();
    await this.flushKeyUses();
  }

  /** For every authenticated request: counts, and nothing more. */
  noteKeyUse(id: string, at: Date): void {
    this.usage.note(id, at.getTime());
  }

  /**
   * Writes down what was counted, in one statement for all keys. What fails is kept for the next time; an answer that was
   * lost after its commit counts those uses twice, which is near enough for a figure that nobody is billed by.
   */
  async flushKeyUses(): Promise<void> {
    const { database, keys, log } = this.tables;
    const uses = this.usage.take();
    try {
      await keys.recordUses(database.db, uses, newCorrelationId());
    } catch (error) {
      this.usage.giveBack(uses);
      log.warn('uses of API keys could not be written down', { count: uses.length }, error);
    }
  }

  /**
   * Takes away lines of the log from before a time: 1,000 rows at a time, each in a transaction of its own, so that none
   * is locked for long and stopping loses nothing.
   * @returns how many went; fewer than there are when another process is at it
   */
  async cleanLogs(before: Date, signal: AbortSignal): Promise<number> {
    const { database, logs } = this.tables;
    let [total, reached]: [number, Date | null] = [0, null];
    while (!signal.aborted) {
      const batch = await logs.deleteBefore(database.db, before, rowsPerCleanup, reached);
      total += batch.deleted;
      reached = batch.reached;
      if (batch.deleted < rowsPerCleanup) break;
    }
    return total;
  }
}
