import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetMessage } from '../queries/get-message.query.js';
import { GetMessages } from '../queries/get-messages.query.js';
import { messageIdParameter, messageResponse, messagesQuery } from './messages.schemas.js';

@Controller('messages')
export class MessagesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access({ scopes: ['messages:read'] })
  @Responds(messageResponse)
  async list(@Query({ schema: messagesQuery }) query: z.infer<typeof messagesQuery>) {
    const { items, pagination } = await this.queries.execute(new GetMessages(query, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get(':id')
  @Access({ scopes: ['messages:read'] })
  @Responds(messageResponse)
  async find(@Param({ schema: messageIdParameter }) { id }: z.infer<typeof messageIdParameter>) {
    return await this.queries.execute(new GetMessage(id));
  }
}
