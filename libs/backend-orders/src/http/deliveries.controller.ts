import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  dryRunQuery,
  type HttpRequest,
  Listed,
  Responds,
  toPage,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { ReplayDeliveries } from '../commands/replay-deliveries.command.js';
import { ReplayDelivery } from '../commands/replay-delivery.command.js';
import { GetDeliveries } from '../queries/get-deliveries.query.js';
import { GetDelivery } from '../queries/get-delivery.query.js';
import { PreviewReplay } from '../queries/preview-replay.query.js';
import { PreviewReplays } from '../queries/preview-replays.query.js';
import {
  deliveriesQuery,
  deliveryIdParameter,
  deliveryResponse,
  replayManyRequest,
  replayManyResponse,
  replayRequest,
  replayResponse,
  toDeliveryResponse,
} from './deliveries.schemas.js';

@Controller('deliveries')
export class DeliveriesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['deliveries:read'] },
    {
      docs: {
        operation: 'listDeliveries',
        summary: 'What arrived',
        example: { query: { orderId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(deliveryResponse)
  async list(@Query({ schema: deliveriesQuery }) query: z.infer<typeof deliveriesQuery>) {
    const { items, pagination } = await this.queries.execute(new GetDeliveries(query, toPage(query)));
    return new Listed(items.map(toDeliveryResponse), pagination);
  }

  @Get(':id')
  @Access(
    { scopes: ['deliveries:read'] },
    {
      docs: {
        operation: 'getDelivery',
        summary: 'One delivery',
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' } },
      },
    },
  )
  @Responds(deliveryResponse)
  async find(@Param({ schema: deliveryIdParameter }) { id }: z.infer<typeof deliveryIdParameter>) {
    return toDeliveryResponse(await this.queries.execute(new GetDelivery(id)));
  }

  @Post('replay')
  @HttpCode(200)
  @Access(
    { scopes: ['deliveries:operate'] },
    {
      docs: {
        operation: 'replayDeliveries',
        summary: 'Have many deliveries interpreted again',
        errors: ['CONFLICT'],
        example: { body: { filter: { orderId: 'IL260105IN10' }, dryRun: true } },
      },
    },
  )
  @Responds(replayManyResponse)
  async replayMany(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: replayManyRequest }) body: z.infer<typeof replayManyRequest>,
    @Req() request: HttpRequest,
  ) {
    const { filter, reason, mode } = body;
    const after = Number(body.cursor);
    const by = { ...askedBy(request), reason };
    return query.dryRun || body.dryRun
      ? await this.queries.execute(new PreviewReplays(filter, after, { mode }))
      : await this.commands.execute(new ReplayDeliveries(filter, after, { mode }, by));
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Access(
    { scopes: ['deliveries:operate'] },
    {
      docs: {
        operation: 'replayDelivery',
        summary: 'Have a delivery interpreted again',
        description:
          '`mode` says how much: the order’s state alone, what is missing, or by `force` an effect that was had already.',
        errors: ['CONFLICT'],
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' }, body: { dryRun: true } },
      },
    },
  )
  @Responds(replayResponse)
  async replay(
    @Param({ schema: deliveryIdParameter }) { id }: z.infer<typeof deliveryIdParameter>,
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: replayRequest }) { dryRun, reason, how }: z.infer<typeof replayRequest>,
    @Req() request: HttpRequest,
  ) {
    return query.dryRun || dryRun
      ? await this.queries.execute(new PreviewReplay(id, how))
      : await this.commands.execute(new ReplayDelivery(id, how, { ...askedBy(request), reason }));
  }
}
