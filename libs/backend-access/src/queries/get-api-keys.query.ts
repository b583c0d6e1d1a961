import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type ApiKeyFilter, ApiKeysRepository } from '@visapi/backend-repositories/access';
import { type ShownApiKey, shownKey } from '../key-rules.js';

/** API keys, newest first; those of one state or maker, or all. */
export class GetApiKeys extends Query<PageResult<ShownApiKey>> {
  constructor(
    readonly filter: Omit<ApiKeyFilter, 'now'>,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetApiKeys)
export class GetApiKeysHandler implements IQueryHandler<GetApiKeys> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly clock: Clock,
  ) {}

  async execute({ filter, page }: GetApiKeys): Promise<PageResult<ShownApiKey>> {
    const now = this.clock.now();
    const { items, pagination } = await this.keys.page(this.database.db, { ...filter, now }, page);
    return { items: items.map((key) => shownKey(key, now)), pagination };
  }
}
