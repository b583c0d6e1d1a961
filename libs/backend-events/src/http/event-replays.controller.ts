import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, type HttpRequest, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { StartEventReplay } from '../commands/start-event-replay.command.js';
import { SteerEventReplay } from '../commands/steer-event-replay.command.js';
import { GetEventReplay } from '../queries/get-event-replay.query.js';
import { GetEventReplays } from '../queries/get-event-replays.query.js';
import { PreviewEventReplay } from '../queries/preview-event-replay.query.js';
import {
  replayParameter,
  replayResponse,
  replaysQuery,
  startRequest,
  startResponse,
  steerRequest,
  toReplayResponse,
} from './event-replays.schemas.js';

/** The history told again to a handler; the worker does it. */
@Controller('events')
export class EventReplaysController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Post('replay')
  @HttpCode(200)
  @Access(
    { scopes: ['events:operate'] },
    {
      docs: {
        operation: 'replayEvents',
        summary: 'Tell a handler the history again',
        description:
          'A dry run unless `dryRun` is false. The worker does it, and the list of replays shows how far it is.',
        errors: ['CONFLICT', 'UNPROCESSABLE'],
        example: { body: { handler: 'order-sync', aggregateId: 'IL260105IN10' } },
      },
    },
  )
  @Responds(startResponse)
  async start(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: startRequest }) { dryRun, ...wanted }: z.infer<typeof startRequest>,
    @Req() request: HttpRequest,
  ) {
    const { force, ratePerSecond, reason, ...meant } = wanted;
    return dryRun
      ? await this.queries.execute(new PreviewEventReplay(meant))
      : toReplayResponse(
          await this.commands.execute(
            new StartEventReplay({ ...meant, force, ratePerSecond, reason }, askedBy(request)),
          ),
        );
  }

  @Get('replays')
  @Access(
    { scopes: ['events:read'] },
    {
      docs: {
        operation: 'listEventReplays',
        summary: 'Replays of the history',
        example: { query: { state: 'done' } },
      },
    },
  )
  @Responds(replayResponse)
  async list(@Query({ schema: replaysQuery }) query: z.infer<typeof replaysQuery>) {
    const { items, pagination } = await this.queries.execute(new GetEventReplays(query, toPage(query)));
    return new Listed(items.map(toReplayResponse), pagination);
  }

  @Get('replays/:id')
  @Access(
    { scopes: ['events:read'] },
    {
      docs: {
        operation: 'getEventReplay',
        summary: 'One replay, and how far it is',
        example: { path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' } },
      },
    },
  )
  @Responds(replayResponse)
  async find(@Param({ schema: replayParameter }) { id }: z.infer<typeof replayParameter>) {
    return toReplayResponse(await this.queries.execute(new GetEventReplay(id)));
  }

  @Post('replays/:id/cancel')
  @HttpCode(200)
  @Access(
    { scopes: ['events:operate'] },
    {
      docs: {
        operation: 'cancelEventReplay',
        summary: 'End a replay that is running',
        errors: ['CONFLICT'],
        example: {
          path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' },
          body: { reason: 'the wrong period' },
        },
      },
    },
  )
  @Responds(replayResponse)
  async cancel(
    @Param({ schema: replayParameter }) { id }: z.infer<typeof replayParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: steerRequest }) { reason }: z.infer<typeof steerRequest>,
    @Req() request: HttpRequest,
  ) {
    const by = { ...askedBy(request), reason };
    return toReplayResponse(await this.commands.execute(new SteerEventReplay(id, 'cancel', by)));
  }

  @Post('replays/:id/resume')
  @HttpCode(200)
  @Access(
    { scopes: ['events:operate'] },
    {
      docs: {
        operation: 'resumeEventReplay',
        summary: 'Go on with a replay that has ended early',
        errors: ['CONFLICT'],
        example: {
          path: { id: '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03' },
          body: { reason: 'the fault is mended' },
        },
      },
    },
  )
  @Responds(replayResponse)
  async resume(
    @Param({ schema: replayParameter }) { id }: z.infer<typeof replayParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: steerRequest }) { reason }: z.infer<typeof steerRequest>,
    @Req() request: HttpRequest,
  ) {
    const by = { ...askedBy(request), reason };
    return toReplayResponse(await this.commands.execute(new SteerEventReplay(id, 'resume', by)));
  }
}
