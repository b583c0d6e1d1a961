import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { MessagingModule } from '../messaging.module.js';
import { applyReceiptsJob } from './apply-receipts.job.js';
import { ApplyReceiptsProcessor } from './apply-receipts.processor.js';
import { BindReceiptsProcessor } from './bind-receipts.processor.js';
import { sendMessageJob } from './send-message.job.js';
import { SendMessageProcessor } from './send-message.processor.js';

const send = (effectId: string, delayMs: number) =>
  sendMessageJob.request(`${effectId}-0`, { effectId }, delayMs);

export const messagingSubscriptions: readonly Subscription[] = [
  subscribe('receipts.received', ({ aggregateId }) => [
    applyReceiptsJob.request(aggregateId, { deliveryId: aggregateId }),
  ]),
  subscribe('contact.synced', ({ payload }) => payload.messageEffectIds.map((effectId) => send(effectId, 0))),
  subscribe('message.planned', ({ payload: { messageEffectIds, pauseMs } }) =>
    messageEffectIds.map((effectId, index) => send(effectId, index * pauseMs)),
  ),
];

/** What takes the jobs of this context. */
export const messagingProcessors = [
  SendMessageProcessor,
  ApplyReceiptsProcessor,
  BindReceiptsProcessor,
] as const;

@Module({
  imports: [CqrsModule, MessagingModule],
  providers: [...messagingProcessors],
  exports: [...messagingProcessors],
})
export class MessagingJobsModule {}
