import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OperationsModule } from '../operations.module.js';
import { LedgerController } from './ledger.controller.js';

@Module({
  imports: [CqrsModule, OperationsModule],
  controllers: [LedgerController],
})
export class OperationsHttpModule {}
