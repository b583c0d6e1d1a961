import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  type HttpRequest,
  Listed,
  noQuery,
  reportLimit,
  Responds,
  toPage,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { ErasePerson } from '../commands/erase-person.command.js';
import { GetErasures } from '../queries/get-erasures.query.js';
import {
  erasureRequest,
  erasureResponse,
  erasuresQuery,
  pastErasureResponse,
  toErasureResponse,
  toPastErasureResponse,
} from './privacy.schemas.js';

@Controller('privacy/erasures')
export class PrivacyController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Post()
  @HttpCode(200)
  @Access(
    { scopes: ['privacy:erase'] },
    {
      ...reportLimit,
      creates: true,
      docs: {
        operation: 'erasePerson',
        summary: 'Forget a person',
        description:
          'A dry run unless `dryRun` is false: it names the orders that are meant. Meant are all orders of the phone, or of the e-mail address where they have none. Nothing of it can be undone.',
        errors: ['CONFLICT', 'NOT_FOUND'],
        example: { body: { orderId: 'IL260105IN10', reason: 'asked for by letter' } },
      },
    },
  )
  @Responds(erasureResponse)
  async erase(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: erasureRequest }) { who, wish }: z.infer<typeof erasureRequest>,
    @Req() request: HttpRequest,
  ) {
    return toErasureResponse(await this.commands.execute(new ErasePerson(who, wish, askedBy(request))));
  }

  @Get()
  @Access(
    { scopes: ['privacy:erase'] },
    {
      docs: {
        operation: 'listErasures',
        summary: 'Persons who were forgotten, by the ids of their orders',
      },
    },
  )
  @Responds(pastErasureResponse)
  async list(@Query({ schema: erasuresQuery }) query: z.infer<typeof erasuresQuery>) {
    const { items, pagination } = await this.queries.execute(new GetErasures(toPage(query)));
    return new Listed(items.map(toPastErasureResponse), pagination);
  }
}
