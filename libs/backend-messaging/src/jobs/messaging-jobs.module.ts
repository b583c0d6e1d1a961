import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { MessagingModule } from '../messaging.module.js';
import { applyReceiptsJob } from './apply-receipts.job.js';
import { ApplyReceiptsProcessor } from './apply-receipts.processor.js';
import { BindReceiptsProcessor } from './bind-receipts.processor.js';
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

@Module({
  imports: [CqrsModule, MessagingModule],
  providers: [SendMessageProcessor, ApplyReceiptsProcessor, BindReceiptsProcessor],
  exports: [SendMessageProcessor, ApplyReceiptsProcessor, BindReceiptsProcessor],
})
export class MessagingJobsModule {}
