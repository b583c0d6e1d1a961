import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import type { CbbConfig } from '@visapi/backend-config';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { CbbClient, RateGate } from '@visapi/backend-providers';
import { LeaseKeeper } from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import { MessagingModule } from '../messaging.module.js';
import { applyReceiptsJob } from './apply-receipts.job.js';
import { ApplyReceiptsProcessor } from './apply-receipts.processor.js';
import { sendMessageJob } from './send-message.job.js';
import { SendMessageProcessor } from './send-message.processor.js';

export const messagingSubscriptions: readonly Subscription[] = [
  subscribe('receipts.received', ({ aggregateId }) => [
    applyReceiptsJob.request(aggregateId, { deliveryId: aggregateId }),
  ]),
  subscribe('contact.synced', ({ payload: { messageEffectId: effectId } }) =>
    effectId === null ? [] : [sendMessageJob.request(`${effectId}-0`, { effectId })],
  ),
];

@Module({})
export class MessagingJobsModule {
  static forRoot(config: CbbConfig): DynamicModule {
    const sender = {
      provide: SendMessageProcessor,
      inject: [Database, MessagesRepository, EffectsRepository, CbbClient, RateGate, LeaseKeeper, CommandBus],
      useFactory: (
        database: Database,
        messages: MessagesRepository,
        effects: EffectsRepository,
        cbb: CbbClient,
        gate: RateGate,
        leases: LeaseKeeper,
        commands: CommandBus,
      ) => new SendMessageProcessor(config, database, messages, effects, cbb, gate, leases, commands),
    };
    const imports = [CqrsModule, MessagingModule];
    const providers = [sender, ApplyReceiptsProcessor];
    return {
      module: MessagingJobsModule,
      imports,
      providers,
      exports: [SendMessageProcessor, ApplyReceiptsProcessor],
    };
  }
}
