import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, type HttpRequest, Listed, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { FlagOrder } from '../commands/flag-order.command.js';
import { PatchOrder } from '../commands/patch-order.command.js';
import { ReviewOrder } from '../commands/review-order.command.js';
import { GetOrderById } from '../queries/get-order-by-id.query.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { GetOrders } from '../queries/get-orders.query.js';
import { GetWarningCounts } from '../queries/get-warning-counts.query.js';
import { noQuery } from './fields.schemas.js';
import {
  foundOrderResponse,
  orderIdParameter,
  orderResponse,
  ordersQuery,
  patchRequest,
  reviewRequest,
  timelineResponse,
  toCorrection,
  toFoundOrderResponse,
  toOrderResponse,
  warningCount,
  warningsQuery,
} from './orders.schemas.js';

/** Acting on an order is a way to read it. */
const actedOn = 'Answers with that order, whether or not `orders:read` is held.';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['orders:read'] },
    {
      docs: {
        operation: 'listOrders',
        summary: 'Orders, newest first',
        description: 'By `page`, or by `cursor` for all of them.',
        example: { query: { branch: 'il', perPage: '5' } },
      },
    },
  )
  @Responds(orderResponse)
  async list(@Query({ schema: ordersQuery }) query: z.infer<typeof ordersQuery>) {
    const { items, pagination } = await this.queries.execute(new GetOrders(query, toPage(query)));
    return new Listed(items.map(toOrderResponse), pagination);
  }

  @Get('warnings')
  @Access(
    { scopes: ['orders:read'] },
    {
      docs: {
        operation: 'getOrderWarnings',
        summary: 'How many orders have which warning',
        example: { query: { from: '2026-01-05T00:00:00Z' } },
      },
    },
  )
  @Responds(warningCount)
  async warnings(@Query({ schema: warningsQuery }) period: z.infer<typeof warningsQuery>) {
    return await this.queries.execute(new GetWarningCounts(period));
  }

  @Get(':orderId')
  @Access(
    { scopes: ['orders:read'] },
    {
      docs: {
        operation: 'getOrder',
        summary: 'One order, and where it stands',
        example: { path: { orderId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(foundOrderResponse)
  async find(@Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>) {
    return toFoundOrderResponse(await this.queries.execute(new GetOrderById(orderId)));
  }

  @Get(':orderId/timeline')
  @Access(
    { scopes: ['orders:read'] },
    {
      docs: {
        operation: 'getOrderTimeline',
        summary: 'What happened to an order, oldest first',
        example: { path: { orderId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(timelineResponse)
  async timeline(@Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>) {
    return await this.queries.execute(new GetOrderTimeline(orderId));
  }

  @Patch(':orderId')
  @Access(
    { scopes: ['orders:write'] },
    {
      docs: {
        operation: 'correctOrder',
        summary: 'Correct what the shop sent',
        description: `The correction outlives later deliveries, and what is owed is worded anew. ${actedOn}`,
        errors: ['CONFLICT'],
        example: {
          path: { orderId: 'IL260105IN10' },
          body: { clientName: 'Dana Example', reason: 'the name was misspelt' },
        },
      },
    },
  )
  @Responds(foundOrderResponse)
  async patch(
    @Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: patchRequest }) body: z.infer<typeof patchRequest>,
    @Req() request: HttpRequest,
  ) {
    const { reason } = body;
    await this.commands.execute(new PatchOrder(orderId, toCorrection(body), reason, askedBy(request)));
    return toOrderResponse(await this.queries.execute(new GetOrderById(orderId)));
  }

  @Post(':orderId/review')
  @HttpCode(200)
  @Access(
    { scopes: ['orders:operate'] },
    {
      docs: {
        operation: 'reviewOrder',
        summary: 'Say that somebody has looked at an order',
        description: actedOn,
        errors: ['CONFLICT'],
        example: { path: { orderId: 'IL260105IN10' }, body: { reason: 'the phone is right' } },
      },
    },
  )
  @Responds(foundOrderResponse)
  async review(
    @Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: reviewRequest }) { reason }: z.infer<typeof reviewRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new ReviewOrder(orderId, reason, askedBy(request)));
    return toOrderResponse(await this.queries.execute(new GetOrderById(orderId)));
  }

  @Post(':orderId/flag')
  @HttpCode(200)
  @Access(
    { scopes: ['orders:operate'] },
    {
      docs: {
        operation: 'flagOrder',
        summary: 'Have somebody look at an order',
        description: actedOn,
        errors: ['CONFLICT'],
        example: { path: { orderId: 'IL260105IN10' }, body: { reason: 'the passport looks odd' } },
      },
    },
  )
  @Responds(foundOrderResponse)
  async flag(
    @Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: reviewRequest }) { reason }: z.infer<typeof reviewRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new FlagOrder(orderId, reason, askedBy(request)));
    return toOrderResponse(await this.queries.execute(new GetOrderById(orderId)));
  }
}
