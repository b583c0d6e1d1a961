import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheEvict } from '@visapi/backend-cache';
import { Clock } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { type ApiKeyChanges, type ApiKeyRow, ApiKeysRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { keyEnded, keyNotFound } from '../api-key.errors.js';
import type { Granter } from '../grants.js';
import { tellOfKey } from '../key-facts.js';
import { demandReach } from '../key-giver.js';
import { endOf, type ShownApiKey, shownKey } from '../key-rules.js';

/** What is left out stays as it is. */
export interface WantedChanges {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly allowedNetworks?: readonly string[] | undefined;
}

/** Changes what a key is called, may do, from where, or until when. */
export class ChangeApiKey extends Command<ShownApiKey> {
  constructor(
    readonly id: string,
    readonly wanted: WantedChanges,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(ChangeApiKey)
export class ChangeApiKeyHandler implements ICommandHandler<ChangeApiKey> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly events: EventsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found`, `conflict` for a revoked key, `forbidden` for one that may do more than the caller */
  @CacheEvict({ pattern: 'api-key:*' })
  async execute({ id, wanted, by }: ChangeApiKey): Promise<ShownApiKey> {
    const { keys, events } = this;
    const now = this.clock.now();
    return await this.database.db.transaction().execute(async (transaction) => {
      const row = await keys.lock(transaction, id);
      if (!row) throw keyNotFound();
      if (row.revokedAt) throw keyEnded('revoked', 'be changed');
      await demandReach(keys, transaction, by, row);
      const { scopes = row.scopes, allowedNetworks = row.allowedNetworks } = wanted;
      await demandReach(keys, transaction, by, { scopes, allowedNetworks });
      if (wanted.expiresAt !== undefined) endOf({ expiresAt: wanted.expiresAt }, 0, by.scopes, now);
      const changes = changesOf(row, wanted);
      const fields = Object.keys(changes);
      if (fields.length === 0) return await this.asItIs(transaction, id, now);
      const written = await keys.change(transaction, id, changes);
      const payload = { fields, ...(changes.scopes ? { scopes: [...scopes] } : {}) };
      await tellOfKey(events, transaction, written, { type: 'api-key.changed', payload }, by);
      return shownKey(written.key, now);
    });
  }

  private async asItIs(transaction: Executor, id: string, now: Date): Promise<ShownApiKey> {
    const key = await this.keys.tell(transaction, id);
    if (!key) throw keyNotFound();
    return shownKey(key, now);
  }
}

/** What differs from how it is. */
function changesOf(row: ApiKeyRow, wanted: WantedChanges): ApiKeyChanges {
  const { name, scopes, expiresAt, allowedNetworks } = wanted;
  return {
    ...(name !== undefined && name !== row.name && { name }),
    ...(scopes && !isSame(scopes, row.scopes) && { scopes: [...scopes] }),
    ...(expiresAt !== undefined && expiresAt?.getTime() !== row.expiresAt?.getTime() && { expiresAt }),
    ...(allowedNetworks && !isSame(allowedNetworks, row.allowedNetworks) && { allowedNetworks }),
  };
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each));
}
