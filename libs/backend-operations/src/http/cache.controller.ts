import { Controller, Delete, Get, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, noQuery, Responds } from '@visapi/backend-http';
import type { z } from 'zod';
import { ClearCache } from '../commands/clear-cache.command.js';
import { GetCacheStats } from '../queries/get-cache-stats.query.js';
import { cacheStatsResponse, clearQuery, clearResponse } from './cache.schemas.js';

@Controller('cache')
export class CacheController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get('stats')
  @Access(
    { scopes: ['cache:read'] },
    { docs: { operation: 'getCacheStats', summary: 'What is remembered, and how often that helped' } },
  )
  @Responds(cacheStatsResponse)
  async stats(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return { families: await this.queries.execute(new GetCacheStats()) };
  }

  @Delete()
  @Access(
    { scopes: ['cache:write'] },
    {
      docs: {
        operation: 'clearCache',
        summary: 'Forget what is remembered',
        description: 'By the keys that fit `pattern`; without one, everything. Only costs time.',
        example: { query: { pattern: 'order:*' } },
      },
    },
  )
  @Responds(clearResponse)
  async clear(@Query({ schema: clearQuery }) { pattern }: z.infer<typeof clearQuery>) {
    await this.commands.execute(new ClearCache(pattern));
    return { cleared: pattern ?? '*' };
  }
}
