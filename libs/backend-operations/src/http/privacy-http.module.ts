import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PrivacyModule } from '../privacy.module.js';
import { PrivacyController } from './privacy.controller.js';

@Module({ imports: [CqrsModule, PrivacyModule], controllers: [PrivacyController] })
export class PrivacyHttpModule {}
