import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { keyNotFound } from '../api-key.errors.js';
import { type ShownApiKey, shownKey } from '../key-rules.js';

export class GetApiKey extends Query<ShownApiKey> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetApiKey)
export class GetApiKeyHandler implements IQueryHandler<GetApiKey> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly clock: Clock,
  ) {}

  async execute({ id }: GetApiKey): Promise<ShownApiKey> {
    const key = await this.keys.tell(this.database.db, id);
    if (!key) throw keyNotFound();
    return shownKey(key, this.clock.now());
  }
}
