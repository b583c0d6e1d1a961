import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OperationsModule } from '../operations.module.js';
import { Sweeper } from '../sweeper.js';

@Module({ imports: [CqrsModule, OperationsModule], providers: [Sweeper], exports: [Sweeper, OperationsModule] })
export class OperationsJobsModule {}
