import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, dryRunQuery, type HttpRequest, Responds, shownTo } from '@visapi/backend-http';
import type { z } from 'zod';
import { ResendConfirmation } from '../commands/resend-confirmation.command.js';
import { PreviewMessage } from '../queries/preview-message.query.js';
import {
  actedOnOrder,
  previewQuery,
  previewResponse,
  resendBody,
  resendResponse,
  retriggerBody,
  retriggerResponse,
  toResendResponse,
  toRetriggerResponse,
} from './order-actions.schemas.js';

/** What an operator can have done about the messages of an order. */
@Controller()
export class OrderActionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('orders/:orderId/messages')
  @HttpCode(200)
  @Access(
    { scopes: ['orders:operate'] },
    {
      docs: {
        operation: 'resendConfirmation',
        summary: 'Send the confirmation of an order again',
        errors: ['CONFLICT', 'UNPROCESSABLE'],
        example: {
          path: { orderId: 'IL260105IN10' },
          query: { dryRun: 'true' },
          body: { reason: 'the customer deleted it' },
        },
      },
    },
  )
  @Responds(resendResponse)
  async resend(
    @Param({ schema: actedOnOrder }) target: z.infer<typeof actedOnOrder>,
    @Query({ schema: dryRunQuery }) { dryRun = false }: z.infer<typeof dryRunQuery>,
    @Body({ schema: resendBody }) { reason, phone, force = false }: z.infer<typeof resendBody>,
    @Req() request: HttpRequest,
  ) {
    // The reason that is demanded here is the deliberate act: what was sent may be sent again.
    const wish = { reason, phone: phone ?? null, force, repeat: true, dryRun };
    return toResendResponse(
      await this.commands.execute(new ResendConfirmation(target, wish, askedBy(request))),
    );
  }

  @Get('orders/:orderId/messages/preview')
  @Access(
    { scopes: ['messages:read'] },
    {
      docs: {
        operation: 'previewMessage',
        summary: 'What a message would say',
        description: 'Addresses of documents are shown whole with `privacy:read` alone.',
        errors: ['UNPROCESSABLE'],
        example: { path: { orderId: 'IL260105IN10' }, query: { template: 'order_confirmation_global' } },
      },
    },
  )
  @Responds(previewResponse)
  async preview(
    @Param({ schema: actedOnOrder }) { orderId }: z.infer<typeof actedOnOrder>,
    @Query({ schema: previewQuery }) { template }: z.infer<typeof previewQuery>,
    @Req() request: HttpRequest,
  ) {
    return shownTo(request, await this.queries.execute(new PreviewMessage(orderId, template)));
  }

  @Post('webhooks/vizi/retrigger-whatsapp')
  @HttpCode(200)
  @Access(
    { scopes: ['webhook:vizi', 'admin'] },
    {
      docs: {
        operation: 'retriggerConfirmation',
        summary: 'The same, by order or phone, in the shape of the system before',
        errors: ['NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE'],
        example: { body: { orderId: 'IL260105IN10', messageType: 'order_confirmation', dryRun: true } },
      },
    },
  )
  @Responds(retriggerResponse)
  async retrigger(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: retriggerBody }) body: z.infer<typeof retriggerBody>,
    @Req() request: HttpRequest,
  ) {
    const { target, force = false, reason, dryRun = query.dryRun ?? false } = body;
    const wish = { reason, phone: null, force, repeat: force, dryRun };
    return toRetriggerResponse(
      await this.commands.execute(new ResendConfirmation(target, wish, askedBy(request))),
    );
  }
}
