import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Repeat } from '@visapi/backend-kernel';
import { BindReceipts, SkipStaleMessages, toJobResult } from '@visapi/backend-messaging';
import { Log, Metrics, attentionReasons } from '@visapi/backend-observability';
import { Jobs } from '@visapi/backend-queue';
import { AnnounceOverdueWork } from '../commands/announce-overdue-work.command.js';
import { type LostWork, RecoverLostWork } from '../commands/recover-lost-work.command.js';
import { GetAttention } from '../queries/get-attention.query.js';
import { jobsFor } from '../sweep.js';

const everyMs = 5_000;

/**
 * A timer in each worker; the lock of each round lets one of them do it. Timers, not scheduled jobs: they must not die
 * with Redis, whose losses they heal.
 */
@Injectable()
export class SweepLostWork {
  private readonly repeat = new Repeat(() => this.sweep(), everyMs);

  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    this.repeat.start();
  }

  async stop(): Promise<void> {
    await this.repeat.stop();
  }

  private async sweep(): Promise<void> {
    let leads = false;
    await this.guarded('lost work', async () => {
      const lost = await this.commands.execute(new RecoverLostWork());
      if (!lost) return;
      leads = true;
      this.report(lost);
      await this.jobs.enqueue(jobsFor(lost));
    });
    await this.guarded('receipts', async () => {
      const moved = await this.commands.execute(new BindReceipts());
      for (const { next: _none, attention: _loud, ...line } of moved.map(toJobResult))
        this.log.info('sweep', line);
      this.metrics.healed.inc({ what: 'receipt' }, moved.length);
    });
    await this.guarded('stale messages', async () => {
      const orders = await this.commands.execute(new SkipStaleMessages());
      for (const orderId of orders)
        this.log.error('needs attention', { event: 'message.skipped', orderId, reason: 'stale' });
    });
    if (leads) await this.guarded('overdue work', () => this.announce());
    await this.guarded('attention', () => this.look());
  }

  /** Each part on its own: Redis being away must not keep the others from their work. */
  private async guarded(part: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn('sweep could not finish', { reason: part }, error);
    }
  }

  private report({ expired, stranded, due, open }: LostWork): void {
    for (const { orderId, state } of stranded)
      this.log.error('needs attention', { event: `message.${state}`, orderId, reason: 'contact-lost' });
    for (const { orderId, effectId, correlationId, state } of expired.map((row) => ({
      ...row,
      effectId: row.id,
    }))) {
      const line = { orderId, effectId, correlationId, reason: 'lease-expired' };
      if (state === 'uncertain') this.log.error('needs attention', { ...line, event: 'message.uncertain' });
      else this.log.warn('claim of a dead worker taken back', line);
    }
    this.metrics.healed.inc({ what: 'lease' }, expired.length);
    this.metrics.healed.inc({ what: 'effect' }, due.length);
    this.metrics.healed.inc({ what: 'delivery' }, open.length);
    const count = due.length + open.length;
    if (count > 0) this.log.warn('lost jobs added again', { count });
  }

  private async announce(): Promise<void> {
    const { orders, deliveries } = await this.commands.execute(new AnnounceOverdueWork());
    const reason = 'open for more than 5 minutes';
    for (const { step, ...order } of orders)
      this.log.error('needs attention', { event: 'order.overdue', ...order, reason: `${step} ${reason}` });
    for (const delivery of deliveries)
      this.log.error('needs attention', { event: 'delivery.overdue', ...delivery, reason });
  }

  /** Every worker shows the gauge. */
  private async look(): Promise<void> {
    const attention = await this.queries.execute(new GetAttention());
    for (const reason of attentionReasons) this.metrics.attention.set({ reason }, attention[reason]);
  }
}
