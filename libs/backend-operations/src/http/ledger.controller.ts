import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, reportLimit, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetLedgerBalance } from '../queries/get-ledger-balance.query.js';
import { ReconcileOrders } from '../queries/reconcile-orders.query.js';
import {
  FoundOrders,
  ledgerQuery,
  ledgerResponse,
  reconcileRequest,
  reconcileResponse,
  toReconcileResponse,
} from './ledger.schemas.js';

@Controller('ledger')
export class LedgerController {
  constructor(private readonly queries: QueryBus) {}

  @Get('balance')
  @Access(
    { scopes: ['ledger:read'] },
    {
      ...reportLimit,
      docs: {
        operation: 'getLedgerBalance',
        summary: 'Whether every order that came in was fulfilled',
        example: { query: { from: '2026-01-05T00:00:00Z' } },
      },
    },
  )
  @Responds(ledgerResponse)
  async balance(@Query({ schema: ledgerQuery }) { from, to }: z.infer<typeof ledgerQuery>) {
    return await this.queries.execute(new GetLedgerBalance(from ?? null, to ?? null));
  }

  /** A question that does not fit into an address: nothing is written. */
  @Post('reconcile')
  @HttpCode(200)
  @Access(
    { scopes: ['ledger:read'] },
    {
      ...reportLimit,
      docs: {
        operation: 'reconcileOrders',
        summary: 'Compare a list of the shop’s orders with ours',
        description: 'Nothing is written. More than 10000 ids: `npm run visapi -- reconcile`.',
        example: { body: { orderIds: ['IL260105IN10', 'IL260105IN11'] } },
      },
    },
  )
  @Responds(reconcileResponse)
  async reconcile(
    @Query({ schema: ledgerQuery }) { from, to }: z.infer<typeof ledgerQuery>,
    @Body({ schema: reconcileRequest }) { orderIds }: z.infer<typeof reconcileRequest>,
  ) {
    const found = new FoundOrders();
    const period = { from: from ?? null, to: to ?? null };
    const query = new ReconcileOrders([orderIds], period, (findings) => found.add(findings));
    return toReconcileResponse(await this.queries.execute(query), found);
  }
}
