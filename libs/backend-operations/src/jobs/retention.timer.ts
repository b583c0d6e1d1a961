import type { CommandBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import type { Log, Metrics } from '@visapi/backend-observability';
import { CleanLogs } from '../commands/clean-logs.command.js';
import { EmptyDeliveries } from '../commands/empty-deliveries.command.js';
import { ForgetAnswers } from '../commands/forget-answers.command.js';

const everyMs = 600_000;

/** How long what grows old is kept, in days; 0 = for ever. */
export interface Retention {
  readonly logDays: number;
  readonly deliveryBodyDays: number;
}

/** A timer in each worker; the locks of its steps let one at a time do them. */
export class RetentionTimer {
  private readonly repeat = new Repeat(() => this.clean(), everyMs);
  private readonly stopping = new AbortController();

  constructor(
    private readonly keep: Retention,
    private readonly commands: CommandBus,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.repeat.stop();
  }

  private async clean(): Promise<void> {
    await this.cleanLogs();
    await this.emptyDeliveries();
    await this.forgetAnswers();
  }

  private async cleanLogs(): Promise<void> {
    try {
      const command = new CleanLogs(this.keep.logDays, this.stopping.signal);
      const { partitions, lines } = await this.commands.execute(command);
      this.metrics.retired.inc({ what: 'log-month' }, partitions.length);
      this.metrics.retired.inc({ what: 'log-line' }, lines);
      if (partitions.length + lines > 0)
        this.log.info('old log lines removed', { count: lines, reason: partitions.join(' ') });
    } catch (error) {
      // The next round goes on where this one came to.
      this.log.warn('log lines could not be cleaned up', {}, error);
    }
  }

  private async emptyDeliveries(): Promise<void> {
    try {
      const command = new EmptyDeliveries(this.keep.deliveryBodyDays, this.stopping.signal);
      const count = await this.commands.execute(command);
      this.metrics.retired.inc({ what: 'delivery-body' }, count);
      if (count > 0) this.log.info('bytes of old deliveries removed', { count });
    } catch (error) {
      this.log.warn('bytes of old deliveries could not be removed', {}, error);
    }
  }

  private async forgetAnswers(): Promise<void> {
    try {
      const count = await this.commands.execute(new ForgetAnswers(this.stopping.signal));
      this.metrics.retired.inc({ what: 'idempotency-key' }, count);
      if (count > 0) this.log.info('answers of expired idempotency keys removed', { count });
    } catch (error) {
      this.log.warn('answers of expired idempotency keys could not be removed', {}, error);
    }
  }
}
