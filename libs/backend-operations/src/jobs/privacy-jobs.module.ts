import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PrivacyModule } from '../privacy.module.js';
import { FollowKeyring } from './follow-keyring.timer.js';

@Module({ imports: [CqrsModule, PrivacyModule], providers: [FollowKeyring], exports: [FollowKeyring] })
export class PrivacyJobsModule {}
