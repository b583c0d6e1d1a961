import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Repeat } from '@visapi/backend-kernel';
import { type Log, LogBuffer, type Metrics } from '@visapi/backend-observability';
import type { Database } from '../db/database.js';
import { isDatabaseUnavailable, isTransientConflict } from '../db/errors.js';
import type { LogsRepository } from './logs.repository.js';

const everyMs = 1_000;
const linesPerStatement = 200;
/** A second's work that leaves the database to others: beyond it lines wait, and at last are let go. */
const statementsPerRound = 5;

/**
 * Stores the lines of this process that are worth keeping, a while after they were written. It never holds up who writes
 * them and never tells of its own troubles in what it keeps.
 */
export class LogStore implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly buffer: LogBuffer;
  private readonly storing = new Repeat(() => this.round(), everyMs);
  private readonly aside: Log;
  private inTrouble = false;

  constructor(
    private readonly database: Database,
    private readonly logs: LogsRepository,
    log: Log,
    private readonly metrics: Metrics,
    mostLines?: number,
  ) {
    this.buffer = new LogBuffer((reason, count) => metrics.logLinesDropped.inc({ reason }, count), mostLines);
    this.aside = log.unkept();
    log.keepIn(this.buffer);
  }

  onApplicationBootstrap(): void {
    this.storing.start();
  }

  /** What waits is stored, unless the last try has shown that it cannot be. */
  async onApplicationShutdown(): Promise<void> {
    await this.storing.stop();
    while (this.buffer.size > 0 && !this.inTrouble) await this.storeBatch();
  }

  private async round(): Promise<void> {
    for (let statement = 0; statement < statementsPerRound && this.buffer.size > 0; statement += 1) {
      await this.storeBatch();
      if (this.inTrouble) return;
    }
  }

  private async storeBatch(): Promise<void> {
    const lines = this.buffer.take(linesPerStatement);
    try {
      await this.logs.store(this.database.db, lines);
      if (this.inTrouble) this.aside.warn('log lines are stored again');
      this.inTrouble = false;
    } catch (error) {
      const waits = isDatabaseUnavailable(error) || isTransientConflict(error);
      // What is refused now would be refused for ever, and hold up all that comes after it.
      if (waits) this.buffer.giveBack(lines);
      else this.metrics.logLinesDropped.inc({ reason: 'refused' }, lines.length);
      if (!this.inTrouble || !waits)
        this.aside.warn('log lines cannot be stored', { count: lines.length }, error);
      this.inTrouble ||= waits;
    }
  }
}
