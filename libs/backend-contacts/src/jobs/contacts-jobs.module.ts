import { type DynamicModule, Module } from '@nestjs/common';
import type { CbbConfig } from '@visapi/backend-config';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { CbbClient } from '@visapi/backend-providers';
import { LeaseKeeper } from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { ContactsModule } from '../contacts.module.js';
import { syncContactJob } from './sync-contact.job.js';
import { SyncContactProcessor } from './sync-contact.processor.js';

const wake = (effectId: string | null) =>
  effectId === null ? [] : [syncContactJob.request(`${effectId}-0`, { effectId })];

export const contactsSubscriptions: readonly Subscription[] = [
  subscribe('order.created', ({ payload }) => wake(payload.contactEffectId)),
  subscribe('order.changed', ({ payload }) => wake(payload.contactEffectId)),
];

const injected = [Database, ContactsRepository, EffectsRepository, CbbClient, LeaseKeeper] as const;

@Module({})
export class ContactsJobsModule {
  static forRoot(config: CbbConfig): DynamicModule {
    const processor = {
      provide: SyncContactProcessor,
      inject: [...injected],
      useFactory: (
        database: Database,
        contacts: ContactsRepository,
        effects: EffectsRepository,
        cbb: CbbClient,
        leases: LeaseKeeper,
      ) => new SyncContactProcessor(config, database, contacts, effects, cbb, leases),
    };
    const imports = [ContactsModule];
    return { module: ContactsJobsModule, imports, providers: [processor], exports: [SyncContactProcessor] };
  }
}
