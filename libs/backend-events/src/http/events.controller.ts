import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetEvents } from '../queries/get-events.query.js';
import {
  auditQuery,
  auditResponse,
  eventResponse,
  eventsQuery,
  toAuditResponse,
  toEventFilter,
} from './events.schemas.js';

/** The history, as facts and as an audit: who did what to which thing. */
@Controller()
export class EventsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('events')
  @Access(
    { scopes: ['events:read'] },
    {
      docs: {
        operation: 'listEvents',
        summary: 'The history: facts in the order in which they became true',
        example: { query: { aggregateId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(eventResponse)
  async events(@Query({ schema: eventsQuery }) query: z.infer<typeof eventsQuery>) {
    const { items, pagination } = await this.queries.execute(new GetEvents(query, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get('audit')
  @Access(
    { scopes: ['audit:read'] },
    {
      docs: {
        operation: 'listAuditEntries',
        summary: 'Who did what to which thing',
        example: { query: { resource: 'order:IL260105IN10' } },
      },
    },
  )
  @Responds(auditResponse)
  async audit(@Query({ schema: auditQuery }) query: z.infer<typeof auditQuery>) {
    const { items, pagination } = await this.queries.execute(
      new GetEvents(toEventFilter(query), toPage(query)),
    );
    return new Listed(items.map(toAuditResponse), pagination);
  }
}
