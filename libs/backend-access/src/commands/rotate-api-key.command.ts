import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheEvict } from '@visapi/backend-cache';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { markMade } from '@visapi/backend-repositories/idempotency';
import { hashSecret, newSecret } from '../api-key.js';
import { keyEnded, keyNotFound } from '../api-key.errors.js';
import type { Granter } from '../grants.js';
import { tellOfKey } from '../key-facts.js';
import { demandReach } from '../key-giver.js';
import { previousAfter, shownKey, stateOf } from '../key-rules.js';
import { KeySettings } from '../key-settings.js';
import type { GivenApiKey } from './create-api-key.command.js';

/** Gives a key another secret, under the same prefix; the one before goes on for a while. */
export class RotateApiKey extends Command<GivenApiKey> {
  constructor(
    readonly id: string,
    /** 0 = every earlier secret ends at once. */
    readonly overlapSeconds: number,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(RotateApiKey)
export class RotateApiKeyHandler implements ICommandHandler<RotateApiKey> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly events: EventsRepository,
    private readonly settings: KeySettings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found`, `conflict` for a key that has ended or is being rotated, `forbidden` as for changes */
  @CacheEvict({ pattern: 'api-key:*' })
  async execute({ id, overlapSeconds, by }: RotateApiKey): Promise<GivenApiKey> {
    const { keys, events, settings } = this;
    const now = this.clock.now();
    return await this.database.db.transaction().execute(async (transaction) => {
      const row = await keys.lock(transaction, id);
      if (!row) throw keyNotFound();
      const state = stateOf(row, now);
      if (state !== 'live') throw keyEnded(state, 'be rotated');
      // Whoever gets the secret can do what the key can.
      await demandReach(keys, transaction, by, row);
      const previous = previousAfter(row, overlapSeconds, now);
      const secret = newSecret(row.prefix);
      const hashedSecret = hashSecret(secret, settings.pepper);
      const written = await keys.change(transaction, id, { ...previous, hashedSecret });
      const payload = { previousExpiresAt: previous.previousExpiresAt?.toISOString() ?? null };
      await tellOfKey(events, transaction, written, { type: 'api-key.rotated', payload }, by);
      await markMade(transaction, by, written.key.id);
      return { ...shownKey(written.key, now), key: `${row.prefix}.${secret}` };
    });
  }
}
