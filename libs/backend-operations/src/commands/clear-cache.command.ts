import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheService } from '@visapi/backend-cache';

/** Has every process forget what the pattern names, or all that is cached. Nothing is lost: it is read again. */
export class ClearCache extends Command<void> {
  constructor(readonly pattern: string | undefined) {
    super();
  }
}

@CommandHandler(ClearCache)
export class ClearCacheHandler implements ICommandHandler<ClearCache> {
  constructor(private readonly cache: CacheService) {}

  async execute({ pattern }: ClearCache): Promise<void> {
    if (pattern === undefined) await this.cache.flushAll();
    else await this.cache.deleteByPattern(pattern);
  }
}
