import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { markMade } from '@visapi/backend-repositories/idempotency';
import { hashSecret, newPrefix, newSecret } from '../api-key.js';
import type { Granter } from '../grants.js';
import { tellOfKey } from '../key-facts.js';
import { demandReach } from '../key-giver.js';
import { endOf, type ShownApiKey, shownKey, type WantedEnd } from '../key-rules.js';
import { KeySettings } from '../key-settings.js';

export interface WantedKey extends WantedEnd {
  readonly name: string;
  readonly scopes: readonly string[];
  /** None = it may be used from everywhere. */
  readonly allowedNetworks: readonly string[];
}

/** A key with what is shown once and kept nowhere. */
export type GivenApiKey = ShownApiKey & { readonly key: string };

/** Gives out a new API key. */
export class CreateApiKey extends Command<GivenApiKey> {
  constructor(
    readonly wanted: WantedKey,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(CreateApiKey)
export class CreateApiKeyHandler implements ICommandHandler<CreateApiKey> {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly events: EventsRepository,
    private readonly settings: KeySettings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `invalid`, `forbidden` for more than the giver holds */
  async execute({ wanted, by }: CreateApiKey): Promise<GivenApiKey> {
    const { keys, events, settings } = this;
    const now = this.clock.now();
    const expiresAt = endOf(wanted, settings.expiryDays, by.scopes, now);
    const prefix = newPrefix(settings.environment);
    const secret = newSecret(prefix);
    const { name, scopes, allowedNetworks } = wanted;
    const hashedSecret = hashSecret(secret, settings.pepper);
    return await this.database.db.transaction().execute(async (transaction) => {
      await demandReach(keys, transaction, by, wanted);
      const values = { name, prefix, hashedSecret, scopes, allowedNetworks, expiresAt, createdBy: by.actor };
      const written = await keys.add(transaction, values);
      const payload = {
        prefix,
        scopes: [...scopes],
        expiresAt: expiresAt?.toISOString() ?? null,
        restricted: allowedNetworks.length > 0,
      };
      await tellOfKey(events, transaction, written, { type: 'api-key.created', payload }, by);
      await markMade(transaction, by, written.key.id);
      return { ...shownKey(written.key, now), key: `${prefix}.${secret}` };
    });
  }
}
