import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import { LogsRepository } from '@visapi/backend-repositories/operations';

export interface CleanedLogs {
  /** Months that went at once. */
  readonly partitions: readonly string[];
  /** Lines that went from months of which others are kept. */
  readonly lines: number;
}

const dayMs = 86_400_000;

/**
 * Takes away log lines that are older than so many days (0 = none), and makes room for those of the next month. Every step
 * is a short transaction of its own, which one process at a time takes; stopping between two of them loses nothing.
 */
export class CleanLogs extends Command<CleanedLogs> {
  constructor(
    readonly keepDays: number,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@CommandHandler(CleanLogs)
export class CleanLogsHandler implements ICommandHandler<CleanLogs> {
  constructor(
    private readonly database: Database,
    private readonly logs: LogsRepository,
    private readonly batches: BatchOperationsService,
    private readonly clock: Clock,
  ) {}

  async execute({ keepDays, signal }: CleanLogs): Promise<CleanedLogs> {
    const { db } = this.database;
    await this.logs.makePartitions(db);
    if (keepDays === 0) return { partitions: [], lines: 0 };
    const partitions: string[] = [];
    while (!signal.aborted) {
      const dropped = await this.logs.dropPartition(db, keepDays);
      if (dropped === null) break;
      partitions.push(dropped);
    }
    const before = new Date(this.clock.now().getTime() - keepDays * dayMs);
    return { partitions, lines: await this.batches.cleanLogs(before, signal) };
  }
}
