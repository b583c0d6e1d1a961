import type { CommandBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import { CleanLogs } from '../commands/clean-logs.command.js';

const everyMs = 600_000;

/** A timer in each worker; the locks of its steps let one at a time do them. */
export class CleanLogsTimer {
  private readonly repeat = new Repeat(() => this.clean(), everyMs);
  private readonly stopping = new AbortController();

  constructor(
    private readonly keepDays: number,
    private readonly commands: CommandBus,
    private readonly log: Log,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.repeat.stop();
  }

  private async clean(): Promise<void> {
    try {
      const command = new CleanLogs(this.keepDays, this.stopping.signal);
      const { partitions, lines } = await this.commands.execute(command);
      if (partitions.length + lines > 0)
        this.log.info('old log lines removed', { count: lines, reason: partitions.join(' ') });
    } catch (error) {
      // The next round goes on where this one came to.
      this.log.warn('log lines could not be cleaned up', {}, error);
    }
  }
}
