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
  @Access(
    { scopes: ['orders:read'] },
    {
      ...questionLimit,
      docs: {
        operation: 'searchOrders',
        summary: 'Orders that rules describe',
        description:
          '`where` is `{ "all": [...] }`, `{ "any": [...] }`, `{ "not": ... }` or a leaf `{ "field", "op", "value" }`; at most 5 levels and 50 leaves.',
        errors: ['UNPROCESSABLE'],
        example: {
          body: {
            where: {
              all: [
                { field: 'country', op: 'eq', value: 'india' },
                { field: 'cbbSynced', op: 'eq', value: true },
              ],
            },
            perPage: 5,
            sort: 'amount:desc',
          },
        },
      },
    },
  )
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
  @Access(
    { scopes: ['orders:read'] },
    { docs: { operation: 'getSearchPresets', summary: 'Searches that have a name' } },
  )
  @Responds(presetsResponse)
  async presets(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return await this.queries.execute(new GetSearchPresets());
  }

  @Get('stats')
  @Access(
    { scopes: ['orders:read'] },
    {
      ...reportLimit,
      docs: {
        operation: 'getOrderStats',
        summary: 'Orders and revenue of a period',
        example: { query: { period: 'week' } },
      },
    },
  )
  @Responds(statsResponse)
  async stats(@Query({ schema: statsQuery }) range: z.infer<typeof statsQuery>) {
    return await this.queries.execute(new GetOrderStats(range));
  }
}
