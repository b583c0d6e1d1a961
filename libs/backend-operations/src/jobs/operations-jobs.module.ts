import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HealthRepository } from '@visapi/backend-repositories/operations';
import { OperationsModule } from '../operations.module.js';
import { SweepLostWork } from './sweep-lost-work.processor.js';
import { WatchRelay } from './watch-relay.timer.js';

@Module({
  imports: [CqrsModule, OperationsModule],
  providers: [SweepLostWork, HealthRepository, WatchRelay],
  exports: [SweepLostWork, WatchRelay, OperationsModule],
})
export class OperationsJobsModule {}
