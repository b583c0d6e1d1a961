import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  dryRunQuery,
  type HttpRequest,
  Listed,
  noQuery,
  Responds,
  shownTo,
  toPage,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { RequestCompletedCheck } from '../commands/request-completed-check.command.js';
import { GetCompletedStats } from '../queries/get-completed-stats.query.js';
import { GetCompletedVisas } from '../queries/get-completed-visas.query.js';
import { LookUpOrder } from '../queries/look-up-order.query.js';
import {
  bootstrapBody,
  completedQuery,
  completedResponse,
  lookUpBody,
  lookUpResponse,
  requestedResponse,
  statsResponse,
  toLookUpResponse,
} from './airtable.schemas.js';

@Controller('airtable')
export class AirtableController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('lookup')
  @HttpCode(200)
  @Access(
    { scopes: ['integrations:airtable:read'] },
    {
      creates: false,
      docs: {
        operation: 'lookUpOrder',
        summary: 'Look up an order where the staff work',
        description:
          'By e-mail, order id or phone. Reads Airtable at once, so it fails with it. Numbers and addresses of documents are shown whole with `privacy:read` alone.',
        example: { body: { field: 'orderid', key: 'IL260105IN10' } },
      },
    },
  )
  @Responds(lookUpResponse)
  async lookUp(@Body({ schema: lookUpBody }) body: z.infer<typeof lookUpBody>, @Req() request: HttpRequest) {
    const { correlationId } = request.visapi;
    const found = await this.queries.execute(new LookUpOrder(body.field, body.key, correlationId));
    return shownTo(request, toLookUpResponse(found));
  }

  @Get('completed')
  @Access(
    { scopes: ['integrations:airtable:read'] },
    {
      docs: {
        operation: 'listCompletedVisas',
        summary: 'Visas that the staff completed',
        example: { query: { state: 'pending' } },
      },
    },
  )
  @Responds(completedResponse)
  async completed(@Query({ schema: completedQuery }) query: z.infer<typeof completedQuery>) {
    const { items, pagination } = await this.queries.execute(new GetCompletedVisas(query, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get('completed/stats')
  @Access(
    { scopes: ['integrations:airtable:read'] },
    {
      docs: {
        operation: 'getCompletedVisaStats',
        summary: 'How many completed visas wait, and how the last reading of the view went',
      },
    },
  )
  @Responds(statsResponse)
  async stats() {
    const { poll, ...counts } = await this.queries.execute(new GetCompletedStats());
    const { isRunning: running, isRequested: requested } = poll;
    return { ...counts, lastRun: { ...poll, running, requested } };
  }

  /** Has the view read now instead of at its time. */
  @Post('completed/check')
  @HttpCode(200)
  @Access(
    { scopes: ['integrations:airtable:write'] },
    { docs: { operation: 'checkCompletedVisas', summary: 'Have the view of completed visas read now' } },
  )
  @Responds(requestedResponse)
  async check(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    await this.commands.execute(new RequestCompletedCheck(null));
    const { pending } = await this.queries.execute(new GetCompletedStats());
    return {
      requested: true,
      message: 'The completed view is being read; see GET /airtable/completed/stats.',
      pending,
    };
  }

  /** Declares everything that the view shows now to be told by other means: the only way past telling. */
  @Post('completed/bootstrap')
  @HttpCode(200)
  @Access(
    { scopes: ['integrations:airtable:write'] },
    {
      docs: {
        operation: 'bootstrapCompletedVisas',
        summary: 'Declare all that the view shows now to be told by other means',
        description: 'Nobody is told of a visa that is marked like this. Try it with `dryRun` first.',
        example: { body: { reason: 'told by phone before the go-live', dryRun: true } },
      },
    },
  )
  @Responds(requestedResponse)
  async bootstrap(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: bootstrapBody }) { reason, ...body }: z.infer<typeof bootstrapBody>,
    @Req() request: HttpRequest,
  ) {
    const { actor: by } = askedBy(request);
    const dryRun = query.dryRun === true || body.dryRun;
    if (!dryRun) await this.commands.execute(new RequestCompletedCheck({ by, reason }));
    const { pending } = await this.queries.execute(new GetCompletedStats());
    const message = dryRun
      ? 'Nothing was changed. A bootstrap would mark these as told, and whatever else the view shows then.'
      : 'The next reading of the view marks everything it shows as told; see GET /airtable/completed/stats.';
    return { requested: !dryRun, message, pending };
  }
}
