import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OperationsModule } from '../operations.module.js';
import { SweepLostWork } from './sweep-lost-work.processor.js';

@Module({
  imports: [CqrsModule, OperationsModule],
  providers: [SweepLostWork],
  exports: [SweepLostWork, OperationsModule],
})
export class OperationsJobsModule {}
