import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  dryRunQuery,
  type HttpRequest,
  Listed,
  noQuery,
  Responds,
  toPage,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { ReplayDeadLetters } from '../commands/replay-dead-letters.command.js';
import { ResolveDeadLetter } from '../commands/resolve-dead-letter.command.js';
import { FindOpenDeadLetters } from '../queries/find-open-dead-letters.query.js';
import { GetDeadLetter } from '../queries/get-dead-letter.query.js';
import { GetDeadLetters } from '../queries/get-dead-letters.query.js';
import {
  deadLetterParameter,
  deadLetterResponse,
  deadLettersQuery,
  discardRequest,
  replayManyRequest,
  replayManyResponse,
  replayRequest,
} from './dead-letters.schemas.js';

/** What was tried as often as it may be, for a person to look at. */
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['queues:read'] },
    {
      docs: {
        operation: 'listDeadLetters',
        summary: 'What was tried as often as it may be',
        example: { query: { state: 'open' } },
      },
    },
  )
  @Responds(deadLetterResponse)
  async list(@Query({ schema: deadLettersQuery }) query: z.infer<typeof deadLettersQuery>) {
    const { items, pagination } = await this.queries.execute(new GetDeadLetters(query, toPage(query)));
    return new Listed(items, pagination);
  }

  @Get(':id')
  @Access(
    { scopes: ['queues:read'] },
    {
      docs: {
        operation: 'getDeadLetter',
        summary: 'One of them, with every try',
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' } },
      },
    },
  )
  @Responds(deadLetterResponse)
  async find(@Param({ schema: deadLetterParameter }) { id }: z.infer<typeof deadLetterParameter>) {
    return await this.queries.execute(new GetDeadLetter(id));
  }

  @Post('replay')
  @HttpCode(200)
  @Access(
    { scopes: ['queues:operate'] },
    {
      docs: {
        operation: 'replayDeadLetters',
        summary: 'Try many of them again, by handler or job',
        example: { body: { name: 'create-order', dryRun: true } },
      },
    },
  )
  @Responds(replayManyResponse)
  async replayMany(
    @Query({ schema: dryRunQuery }) query: z.infer<typeof dryRunQuery>,
    @Body({ schema: replayManyRequest }) { dryRun, reason, ...filter }: z.infer<typeof replayManyRequest>,
    @Req() request: HttpRequest,
  ) {
    return query.dryRun || dryRun
      ? await this.queries.execute(new FindOpenDeadLetters(filter))
      : await this.commands.execute(new ReplayDeadLetters(filter, { ...askedBy(request), reason }));
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Access(
    { scopes: ['queues:operate'] },
    {
      docs: {
        operation: 'replayDeadLetter',
        summary: 'Try one of them again',
        errors: ['CONFLICT', 'UNPROCESSABLE'],
        example: {
          path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' },
          body: { reason: 'the vendor is back' },
        },
      },
    },
  )
  @Responds(deadLetterResponse)
  async replay(
    @Param({ schema: deadLetterParameter }) { id }: z.infer<typeof deadLetterParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: replayRequest }) { reason }: z.infer<typeof replayRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(
      new ResolveDeadLetter(id, 'replayed', { ...askedBy(request), reason }),
    );
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Access(
    { scopes: ['queues:operate'] },
    {
      docs: {
        operation: 'discardDeadLetter',
        summary: 'Leave one of them out for good',
        errors: ['CONFLICT'],
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' }, body: { reason: 'done by hand' } },
      },
    },
  )
  @Responds(deadLetterResponse)
  async discard(
    @Param({ schema: deadLetterParameter }) { id }: z.infer<typeof deadLetterParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: discardRequest }) { reason }: z.infer<typeof discardRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(
      new ResolveDeadLetter(id, 'discarded', { ...askedBy(request), reason }),
    );
  }
}
