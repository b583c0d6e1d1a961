import { Body, Controller, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Access, askedBy, dryRunQuery, type HttpRequest, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { ResyncCbbContact } from '../commands/resync-cbb-contact.command.js';
import {
  orderParameter,
  resyncBody,
  resyncResponse,
  syncBody,
  syncResponse,
  toResyncResponse,
  toSyncResponse,
} from './contact-actions.schemas.js';

/** What an operator can have done about the contact of an order's customer. */
@Controller()
export class ContactActionsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('orders/:orderId/sync')
  @HttpCode(200)
  @Access(
    { scopes: ['orders:operate'] },
    {
      docs: {
        operation: 'syncOrderContact',
        summary: 'Have the contact of an order written to the CRM again',
        errors: ['CONFLICT'],
        example: {
          path: { orderId: 'IL260105IN10' },
          query: { dryRun: 'true' },
          body: { reason: 'the name was corrected' },
        },
      },
    },
  )
  @Responds(syncResponse)
  async sync(
    @Param({ schema: orderParameter }) { orderId }: z.infer<typeof orderParameter>,
    @Query({ schema: dryRunQuery }) { dryRun = false }: z.infer<typeof dryRunQuery>,
    @Body({ schema: syncBody }) { reason }: z.infer<typeof syncBody>,
    @Req() request: HttpRequest,
  ) {
    const wish = { reason, dryRun };
    return toSyncResponse(
      await this.commands.execute(new ResyncCbbContact({ orderId }, wish, askedBy(request))),
    );
  }

  @Post('webhooks/vizi/resync-cbb')
  @HttpCode(200)
  @Access(
    { scopes: ['webhook:vizi', 'admin'] },
    {
      docs: {
        operation: 'resyncCbbContact',
        summary: 'The same, by order or phone, in the shape of the system before',
        errors: ['NOT_FOUND', 'CONFLICT'],
        example: { body: { phoneNumber: '+972500000001', dryRun: true } },
      },
    },
  )
  @Responds(resyncResponse)
  async resync(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: resyncBody }) { target, reason, dryRun }: z.infer<typeof resyncBody>,
    @Req() request: HttpRequest,
  ) {
    const wish = { reason, dryRun: dryRun ?? query.dryRun ?? false };
    return toResyncResponse(
      await this.commands.execute(new ResyncCbbContact(target, wish, askedBy(request))),
    );
  }
}
