import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, noQuery, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetQueues } from '../queries/get-queues.query.js';
import { queuesResponse } from './queues.schemas.js';

@Controller('queues')
export class QueuesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access(
    { scopes: ['queues:read'] },
    { docs: { operation: 'getQueues', summary: 'What waits, what runs, and who works' } },
  )
  @Responds(queuesResponse)
  async all(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return await this.queries.execute(new GetQueues());
  }
}
