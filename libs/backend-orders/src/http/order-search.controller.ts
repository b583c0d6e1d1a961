import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, questionLimit, reportLimit, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetOrderStats } from '../queries/get-order-stats.query.js';
import { GetSearchPresets } from '../queries/get-search-presets.query.js';
import { SearchOrders } from '../queries/search-orders.query.js';
import { noQuery } from './fields.schemas.js';
import { presetsResponse, searchRequest, statsQuery, statsResponse } from './order-search.schemas.js';
import { orderResponse, toOrderResponse } from './orders.schemas.js';
import { readWhere } from './where.schemas.js';

/** Orders chosen by rules, and counted. The router prefers these addresses to `/orders/:orderId`. */
@Controller('orders')
export class OrderSearchController {
  constructor(private readonly queries: QueryBus) {}

  @Post('search')
  @HttpCode(200)
  @Access({ scopes: ['orders:read'] }, questionLimit)
  @Responds(orderResponse)
  async search(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: searchRequest }) body: z.infer<typeof searchRequest>,
  ) {
    const { where, preset, ...page } = body;
    const condition = where === undefined ? undefined : readWhere(where);
    const { items, pagination } = await this.queries.execute(new SearchOrders(condition, preset, page));
    return new Listed(items.map(toOrderResponse), pagination);
  }

  @Get('search/presets')
  @Access({ scopes: ['orders:read'] })
  @Responds(presetsResponse)
  async presets(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return await this.queries.execute(new GetSearchPresets());
  }

  @Get('stats')
  @Access({ scopes: ['orders:read'] }, reportLimit)
  @Responds(statsResponse)
  async stats(@Query({ schema: statsQuery }) range: z.infer<typeof statsQuery>) {
    return await this.queries.execute(new GetOrderStats(range));
  }
}
