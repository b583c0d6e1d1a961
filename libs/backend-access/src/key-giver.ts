import type { Executor } from '@visapi/backend-repositories';
import type { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { demandHeld, type Granter } from './grants.js';
import { demandNetworks } from './key-rules.js';

interface Reach {
  readonly scopes: readonly string[];
  readonly allowedNetworks: readonly string[];
}

/**
 * Whoever gets the secret of a key, or widens one, must be able to do by themselves what it can do.
 * @throws AppError `forbidden` that names each scope or network which is beyond the giver
 */
export async function demandReach(
  keys: ApiKeysRepository,
  executor: Executor,
  giver: Granter,
  reach: Reach,
): Promise<void> {
  demandHeld(reach.scopes, giver, 'An API key may be given no more than its giver holds.');
  const [kind, id] = giver.actor.split(':');
  const own = kind === 'key' && id !== undefined ? await keys.tell(executor, id) : undefined;
  demandNetworks(reach.allowedNetworks, own?.allowedNetworks ?? []);
}
