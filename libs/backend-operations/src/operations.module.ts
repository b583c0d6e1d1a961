import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import {
  HealthRepository,
  LedgerRepository,
  OverdueRepository,
  ReconciliationRepository,
} from '@visapi/backend-repositories/operations';
import { AnnounceOverdueWorkHandler } from './commands/announce-overdue-work.command.js';
import { RecoverLostWorkHandler } from './commands/recover-lost-work.command.js';
import { CheckDatabaseHandler } from './queries/check-database.query.js';
import { GetAttentionHandler } from './queries/get-attention.query.js';
import { GetLedgerBalanceHandler } from './queries/get-ledger-balance.query.js';
import { ReconcileOrdersHandler } from './queries/reconcile-orders.query.js';

const repositories = [
  HealthRepository,
  LedgerRepository,
  OverdueRepository,
  ReconciliationRepository,
  DeliveriesRepository,
];
const handlers = [
  GetLedgerBalanceHandler,
  ReconcileOrdersHandler,
  GetAttentionHandler,
  CheckDatabaseHandler,
  RecoverLostWorkHandler,
  AnnounceOverdueWorkHandler,
];

@Module({ imports: [CqrsModule], providers: [...repositories, ...handlers] })
export class OperationsModule {}
