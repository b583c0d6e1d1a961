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
  @Access({ scopes: ['cache:read'] })
  @Responds(cacheStatsResponse)
  async stats(@Query({ schema: noQuery }) _query: z.infer<typeof noQuery>) {
    return { families: await this.queries.execute(new GetCacheStats()) };
  }

  @Delete()
  @Access({ scopes: ['cache:write'] })
  @Responds(clearResponse)
  async clear(@Query({ schema: clearQuery }) { pattern }: z.infer<typeof clearQuery>) {
    await this.commands.execute(new ClearCache(pattern));
    return { cleared: pattern ?? '*' };
  }
}
