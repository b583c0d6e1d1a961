import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, describeRequest, type HttpRequest, Responds } from '@visapi/backend-http';
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
  @Access({ scopes: ['webhook:vizi', 'admin'] })
  @Responds(resendVisaResponse)
  async resend(
    @Body({ schema: resendVisaBody }) body: z.infer<typeof resendVisaBody>,
    @Req() request: HttpRequest,
  ) {
    const by = askedBy(request);
    const applications = await this.queries.execute(new FindVisaOrder(body.orderId, by.correlationId));
    const result = await this.commands.execute(new ResendVisa(body.orderId, applications, body, by));
    describeRequest(request, {
      event: 'operator.resent',
      orderId: body.orderId,
      count: result.planned.length,
    });
    return toResendVisaResponse(body, applications, result);
  }
}
