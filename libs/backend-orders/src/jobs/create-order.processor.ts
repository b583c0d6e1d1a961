import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { JobProcessor, JobResult } from '@visapi/backend-queue';
import { CreateOrder } from '../commands/create-order.command.js';
import { QuarantineDelivery } from '../commands/quarantine-delivery.command.js';
import { createOrderJob } from './create-order.job.js';

interface Payload {
  readonly deliveryId: string;
}

@Injectable()
export class CreateOrderProcessor implements JobProcessor<Payload> {
  readonly job = createOrderJob;

  constructor(private readonly commands: CommandBus) {}

  async handle({ deliveryId }: Payload): Promise<JobResult | readonly JobResult[]> {
    const { orderId, created, changes, correlationId, withheld } = await this.commands.execute(
      new CreateOrder(deliveryId),
    );
    const made = { outcome: 'created', event: 'order.created', orderId, correlationId };
    if (withheld !== undefined) {
      const told = { outcome: 'skipped', event: 'message.skipped', reason: withheld, orderId, correlationId };
      return [made, told];
    }
    if (created) return made;
    if (changes > 0) return { outcome: 'changed', event: 'order.changed', orderId, correlationId };
    return { outcome: 'nothing-open' };
  }

  async exhausted({ deliveryId }: Payload, error: Error): Promise<void> {
    await this.commands.execute(new QuarantineDelivery(deliveryId, error.message));
  }
}
