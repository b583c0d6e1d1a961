import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Access, askedBy, dryRunQuery, type HttpRequest, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { RetriggerOrders } from '../commands/retrigger-orders.command.js';
import { ordersOf, retriggerRequest, retriggerResponse, toRetriggerResponse } from './retrigger.schemas.js';

/** Has orders made again from what the shop once sent. */
@Controller('webhooks/vizi/retrigger')
export class RetriggerController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access(
    { scopes: ['webhook:vizi', 'admin'] },
    {
      docs: {
        operation: 'retriggerOrders',
        summary: 'Have orders made again from what the shop once sent',
        errors: ['NOT_FOUND'],
        example: { body: { mode: 'single', orderId: 'IL260105IN10', dryRun: true } },
      },
    },
  )
  @Responds(retriggerResponse)
  async retrigger(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: retriggerRequest }) body: z.infer<typeof retriggerRequest>,
    @Req() request: HttpRequest,
  ) {
    const { skipProcessed, reason } = body;
    const how = { skipProcessed, dryRun: query.dryRun === true || body.dryRun };
    const by = { ...askedBy(request), reason };
    return toRetriggerResponse(await this.commands.execute(new RetriggerOrders(ordersOf(body), how, by)));
  }
}
