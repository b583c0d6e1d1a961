import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  describeRequest,
  dryRunQuery,
  type HttpRequest,
  Responds,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { ResendVisa } from '../commands/resend-visa.command.js';
import { FindVisaOrder } from '../queries/find-visa-order.query.js';
import { resendVisaBody, resendVisaResponse, toResendVisaResponse } from './resend-visa.schemas.js';

@Controller('webhooks/vizi/resend-visa')
export class ResendVisaController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(200)
  @Access(
    { scopes: ['webhook:vizi', 'admin'] },
    {
      docs: {
        operation: 'resendVisa',
        summary: 'Send approved visas of an order again',
        errors: ['NOT_FOUND', 'CONFLICT'],
        example: { body: { orderId: 'IL260105IN10', reason: 'the customer lost it', dryRun: true } },
      },
    },
  )
  @Responds(resendVisaResponse)
  async resend(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: resendVisaBody }) body: z.infer<typeof resendVisaBody>,
    @Req() request: HttpRequest,
  ) {
    const by = askedBy(request);
    const wish = { ...body, dryRun: query.dryRun === true || body.dryRun };
    const applications = await this.queries.execute(new FindVisaOrder(body.orderId, by.correlationId));
    const result = await this.commands.execute(new ResendVisa(body.orderId, applications, wish, by));
    describeRequest(request, {
      event: 'operator.resent',
      orderId: body.orderId,
      count: result.planned.length,
    });
    return toResendVisaResponse(wish, applications, result);
  }
}
