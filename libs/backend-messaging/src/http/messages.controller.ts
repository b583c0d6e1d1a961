import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, type HttpRequest, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { SettleMessage } from '../commands/settle-message.command.js';
import { GetMessage } from '../queries/get-message.query.js';
import { GetMessages } from '../queries/get-messages.query.js';
import {
  messageIdParameter,
  messageResponse,
  messagesQuery,
  settleBody,
  settleResponse,
} from './messages.schemas.js';

@Controller('messages')
export class MessagesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['messages:read'] },
    {
      docs: {
        operation: 'listMessages',
        summary: 'What customers were told, or are to be',
        example: { query: { orderId: 'IL260105IN10', perPage: '5' } },
      },
    },
  )
  @Responds(messageResponse)
  async list(@Query({ schema: messagesQuery }) query: z.infer<typeof messagesQuery>) {
    const { items, pagination } = await this.queries.execute(new GetMessages(query, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get(':id')
  @Access(
    { scopes: ['messages:read'] },
    {
      docs: {
        operation: 'getMessage',
        summary: 'One message, with the time of each state it reached',
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' } },
      },
    },
  )
  @Responds(messageResponse)
  async find(@Param({ schema: messageIdParameter }) { id }: z.infer<typeof messageIdParameter>) {
    return await this.queries.execute(new GetMessage(id));
  }

  @Post(':id/settle')
  @HttpCode(200)
  @Access(
    { scopes: ['orders:operate'] },
    {
      docs: {
        operation: 'settleMessage',
        summary: 'Say of a message of unknown outcome whether it went out',
        errors: ['CONFLICT'],
        example: {
          path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' },
          body: { outcome: 'sent', reason: 'the customer confirmed it by phone' },
        },
      },
    },
  )
  @Responds(settleResponse)
  async settle(
    @Param({ schema: messageIdParameter }) { id }: z.infer<typeof messageIdParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: settleBody }) { outcome, reason }: z.infer<typeof settleBody>,
    @Req() request: HttpRequest,
  ) {
    const { orderId, state } = await this.commands.execute(
      new SettleMessage(id, outcome, reason, askedBy(request)),
    );
    return { id, orderId, status: state };
  }
}
