import type { EventPayload } from '@visapi/backend-events';
import type { AskedBy } from '@visapi/backend-kernel';
import type { Executor } from '@visapi/backend-repositories';
import type { WrittenApiKey } from '@visapi/backend-repositories/access';
import type { EventsRepository } from '@visapi/backend-repositories/events';

type Fact = {
  [T in 'api-key.created' | 'api-key.changed' | 'api-key.rotated' | 'api-key.revoked']: {
    readonly type: T;
    readonly payload: EventPayload<T>;
  };
}['api-key.created' | 'api-key.changed' | 'api-key.rotated' | 'api-key.revoked'];

/** What became of a key, in the transaction that did it. */
export async function tellOfKey(
  events: EventsRepository,
  transaction: Executor,
  { key, version }: WrittenApiKey,
  fact: Fact,
  { actor, correlationId, ip = null }: AskedBy,
): Promise<void> {
  await events.append(transaction, {
    ...fact,
    aggregateType: 'api-key',
    aggregateId: key.id,
    aggregateVersion: version,
    actor,
    correlationId,
    ip,
  });
}
