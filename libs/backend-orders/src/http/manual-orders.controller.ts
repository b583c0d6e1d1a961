import { Controller, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  askingKeyId,
  describeRequest,
  type HttpRequest,
  Raw,
  Responds,
} from '@visapi/backend-http';
import { Metrics } from '@visapi/backend-observability';
import type { z } from 'zod';
import { PlaceOrder, type PlaceOrderResult } from '../commands/place-order.command.js';
import { orderUnreadable, orderUnusable } from '../orders.errors.js';
import { orderBody, orderExample } from '../webhooks/vizi-order.schemas.js';
import { noQuery } from './fields.schemas.js';
import { placedResponse } from './orders.schemas.js';

/** Orders that an operator gives by hand, in the shop's own form. */
@Controller('orders')
export class ManualOrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  @Raw()
  @Access(
    { scopes: ['orders:write'] },
    {
      docs: {
        operation: 'placeOrder',
        summary: 'Give an order by hand',
        description: 'In the shop’s own form, by the rules of its webhook.',
        errors: ['UNPROCESSABLE'],
        body: orderBody,
        example: { body: orderExample },
      },
    },
  )
  @Responds(placedResponse)
  async place(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>, @Req() request: HttpRequest) {
    const { contentType } = request.visapi;
    const { actor, correlationId, ip } = askedBy(request);
    const kept = { 'content-type': contentType, 'user-agent': request.headers['user-agent'] };
    const result = await this.commands.execute(
      new PlaceOrder({
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        headers: JSON.stringify(kept),
        apiKeyId: askingKeyId(request),
        correlationId,
        ip,
        actor,
      }),
    );
    const outcome = result.kind === 'stored' ? result.status : result.kind;
    this.metrics.deliveries.inc({ source: 'manual', outcome });
    describeRequest(request, { ...namesOf(result), event: 'delivery.received', outcome });
    return toAnswer(result);
  }
}

function namesOf(result: PlaceOrderResult) {
  return result.kind === 'unreadable' ? {} : { deliveryId: result.deliveryId, orderId: result.orderId };
}

function toAnswer(result: PlaceOrderResult): z.infer<typeof placedResponse> {
  switch (result.kind) {
    case 'stored':
      return { orderId: result.orderId, deliveryId: result.deliveryId, status: result.status };
    case 'unreadable':
      throw orderUnreadable();
    case 'rejected':
      throw orderUnusable(result.deliveryId, result.problems);
  }
}
