import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, reportLimit, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetLedgerBalance } from '../queries/get-ledger-balance.query.js';
import { ledgerQuery, ledgerResponse } from './ledger.schemas.js';

@Controller('ledger')
export class LedgerController {
  constructor(private readonly queries: QueryBus) {}

  @Get('balance')
  @Access({ scopes: ['ledger:read'] }, reportLimit)
  @Responds(ledgerResponse)
  async balance(@Query({ schema: ledgerQuery }) { from, to }: z.infer<typeof ledgerQuery>) {
    return await this.queries.execute(new GetLedgerBalance(from ?? null, to ?? null));
  }
}
