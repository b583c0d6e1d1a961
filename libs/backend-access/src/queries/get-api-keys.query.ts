import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type ApiKeyState, ApiKeysRepository } from '@visapi/backend-repositories/access';
import { type ShownApiKey, shownKey } from '../key-rules.js';

/** API keys, newest first; those of one state, or all. */
export class GetApiKeys extends Query<PageResult<ShownApiKey>> {
  constructor(
    readonly state: ApiKeyState | undefined,
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

  async execute({ state, page }: GetApiKeys): Promise<PageResult<ShownApiKey>> {
    const now = this.clock.now();
    const { items, pagination } = await this.keys.page(this.database.db, { state, now }, page);
    return { items: items.map((key) => shownKey(key, now)), pagination };
  }
}
