import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { JobProcessor, JobResult } from '@visapi/backend-queue';
import { BindReceipts } from '../commands/bind-receipts.command.js';
import { toJobResult } from '../moved-message.js';
import { bindReceiptsJob } from './bind-receipts.job.js';

@Injectable()
export class BindReceiptsProcessor implements JobProcessor<{ readonly effectId: string }> {
  readonly job = bindReceiptsJob;

  constructor(private readonly commands: CommandBus) {}

  async handle({ effectId }: { readonly effectId: string }): Promise<readonly JobResult[]> {
    const moved = await this.commands.execute(new BindReceipts(effectId));
    return moved.length > 0 ? moved.map(toJobResult) : [{ outcome: 'nothing-matched' }];
  }
}
