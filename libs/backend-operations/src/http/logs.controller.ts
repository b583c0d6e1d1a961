import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetLogStats } from '../queries/get-log-stats.query.js';
import { GetLogs } from '../queries/get-logs.query.js';
import { logResponse, logsQuery, logStatsResponse } from './logs.schemas.js';

@Controller('logs')
export class LogsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access(
    { scopes: ['logs:read'] },
    {
      docs: {
        operation: 'listLogs',
        summary: 'Warnings, errors and the story of orders',
        example: { query: { orderId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(logResponse)
  async list(@Query({ schema: logsQuery }) query: z.infer<typeof logsQuery>) {
    const { page: _page, perPage: _perPage, cursor: _cursor, ...filter } = query;
    const { items, pagination } = await this.queries.execute(new GetLogs(filter, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get('stats')
  @Access(
    { scopes: ['logs:read'] },
    { docs: { operation: 'getLogStats', summary: 'How many lines of each kind the last day had' } },
  )
  @Responds(logStatsResponse)
  async stats(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return await this.queries.execute(new GetLogStats());
  }
}
