import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { JobProcessor, JobResult } from '@visapi/backend-queue';
import { ApplyReceipts } from '../commands/apply-receipts.command.js';
import { SetReceiptsAside } from '../commands/set-receipts-aside.command.js';
import { toJobResult } from '../moved-message.js';
import { applyReceiptsJob } from './apply-receipts.job.js';

interface Payload {
  readonly deliveryId: string;
}

@Injectable()
export class ApplyReceiptsProcessor implements JobProcessor<Payload> {
  readonly job = applyReceiptsJob;

  constructor(private readonly commands: CommandBus) {}

  async handle({ deliveryId }: Payload): Promise<readonly JobResult[]> {
    const { moved, unreadable } = await this.commands.execute(new ApplyReceipts(deliveryId));
    const results = moved.map(toJobResult);
    if (unreadable > 0)
      results.push({ outcome: 'unreadable', attention: true, reason: `${unreadable} statuses` });
    return results.length > 0 ? results : [{ outcome: 'nothing-matched' }];
  }

  async exhausted({ deliveryId }: Payload, error: Error): Promise<void> {
    await this.commands.execute(new SetReceiptsAside(deliveryId, error.message));
  }
}
