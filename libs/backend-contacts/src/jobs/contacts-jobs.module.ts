import { Module } from '@nestjs/common';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { ContactsModule } from '../contacts.module.js';
import { CheckCbbFields } from './check-cbb-fields.timer.js';
import { syncContactJob } from './sync-contact.job.js';
import { SyncContactProcessor } from './sync-contact.processor.js';
import { WatchLanes } from './watch-lanes.timer.js';

const wake = (effectId: string | null) =>
  effectId === null ? [] : [syncContactJob.request(`${effectId}-0`, { effectId })];

export const contactsSubscriptions: readonly Subscription[] = [
  subscribe('order.created', ({ payload }) => wake(payload.contactEffectId)),
  subscribe('order.changed', ({ payload }) => wake(payload.contactEffectId)),
  subscribe('order.imported', ({ payload }) => wake(payload.contactEffectId)),
  subscribe('message.planned', ({ payload }) => wake(payload.contactEffectId ?? null)),
  subscribe('operator.synced', ({ payload }) => wake(payload.contactEffectId)),
];

/** What takes the jobs of this context. */
export const contactsProcessors = [SyncContactProcessor] as const;

@Module({
  imports: [ContactsModule],
  providers: [...contactsProcessors, CheckCbbFields, WatchLanes],
  exports: [...contactsProcessors, CheckCbbFields, WatchLanes],
})
export class ContactsJobsModule {}
