import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheEvict } from '@visapi/backend-cache';
import { type AskedBy, Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { keyNotFound } from '../api-key.errors.js';
import { tellOfKey } from '../key-facts.js';
import { type ShownApiKey, shownKey } from '../key-rules.js';

/** Ends a key for good, with all its secrets; one that has been ended stays as it is. */
export class RevokeApiKey extends Command<ShownApiKey> {
  constructor(
    readonly id: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(RevokeApiKey)
export class RevokeApiKeyHandler implements ICommandHandler<RevokeApiKey> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly events: EventsRepository,
    private readonly clock: Clock,
  ) {}

  /** Whoever may revoke may revoke any key: it must not wait for somebody who holds more. @throws AppError `not-found` */
  @CacheEvict({ pattern: 'api-key:*' })
  async execute({ id, by }: RevokeApiKey): Promise<ShownApiKey> {
    const { keys, events } = this;
    const now = this.clock.now();
    return await this.database.db.transaction().execute(async (transaction) => {
      const row = await keys.lock(transaction, id);
      const key = await keys.tell(transaction, id);
      if (!row || !key) throw keyNotFound();
      if (row.revokedAt) return shownKey(key, now);
      const written = await keys.change(transaction, id, { revokedAt: now });
      await tellOfKey(events, transaction, written, { type: 'api-key.revoked', payload: {} }, by);
      return shownKey(written.key, now);
    });
  }
}
