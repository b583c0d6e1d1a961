import { createHash } from 'node:crypto';
import { newId } from '@visapi/backend-kernel';
import type { Database } from '@visapi/backend-repositories';
import {
  type IncomingDelivery,
  type ReceivedDelivery,
  receiveDeliveries,
} from '@visapi/backend-repositories/inbox';

/** A delivery as the edge hands it to the inbox. */
export function incoming(body: object | Buffer, changes: Partial<IncomingDelivery> = {}): IncomingDelivery {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const orderId = (body as { order?: { id?: unknown } }).order?.id;
  return {
    id: newId(),
    kind: 'order',
    source: 'vizi',
    orderId: typeof orderId === 'string' ? orderId : null,
    verdict: 'usable',
    problems: null,
    bodyHash: createHash('sha256').update(bytes).digest(),
    body: bytes,
    headers: '{}',
    apiKeyId: null,
    correlationId: `test-${newId()}`,
    copies: 1,
    ...changes,
  };
}

/** Stores one delivery the way the edge does. */
export async function deliver(
  database: Database,
  body: object | Buffer,
  changes: Partial<IncomingDelivery> = {},
): Promise<ReceivedDelivery> {
  const [stored] = await receiveDeliveries(database.db, [incoming(body, changes)]);
  if (!stored) throw new Error('The delivery was not stored');
  return stored;
}

/** Stores a body of Meta's receipts. */
export async function deliverReceipts(database: Database, body: object): Promise<ReceivedDelivery> {
  return await deliver(database, body, { kind: 'receipt', source: 'meta', orderId: null });
}
