import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ClearCacheHandler } from '../commands/clear-cache.command.js';
import { GetCacheStatsHandler } from '../queries/get-cache-stats.query.js';
import { CacheController } from './cache.controller.js';

/** Mounted beside CacheModule. */
@Module({
  imports: [CqrsModule],
  controllers: [CacheController],
  providers: [GetCacheStatsHandler, ClearCacheHandler],
})
export class CacheHttpModule {}
