import { Injectable } from '@nestjs/common';
import { AppError, GroupCommit, GroupFull, runApart, unlessLate } from '@visapi/backend-kernel';
import { Log, Metrics } from '@visapi/backend-observability';
import {
  Database,
  isDatabaseUnavailable,
  isSlowStatement,
  isTransientConflict,
  translateDatabaseError,
  violatedConstraint,
} from '@visapi/backend-repositories';
import {
  countRepeats,
  type IncomingDelivery,
  type ReceivedDelivery,
  receiveDeliveries,
  type RepeatedDelivery,
} from '@visapi/backend-repositories/inbox';
import { type KnownBody, KnownBodies } from './known-bodies.js';

const limits = {
  items: 48,
  bytes: 4 * 1024 * 1024,
  inFlight: 3,
  waitingItems: 4_000,
  waitingBytes: 64 * 1024 * 1024,
} as const;

/** Rounds in which a delivery may meet another statement that stores the same body or order at the same moment. */
const mostRounds = 5;

/** A delivery before it is stored; `copies` is counted here. */
export type Delivery = Omit<IncomingDelivery, 'copies'>;

export interface Stored {
  readonly deliveryId: string;
  readonly outcome: ReceivedDelivery['outcome'];
  readonly repeated: boolean;
  readonly problems: string | null;
}

type Settled = PromiseSettledResult<Stored>;

/** Stores deliveries durably, many with one commit, and says of each what it was. */
@Injectable()
export class Inbox {
  private readonly group: GroupCommit<Delivery, Stored>;
  private readonly known: KnownBodies;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    // Many requests share a statement: the deadline of the one that happened to start it must not end it.
    this.group = new GroupCommit(limits, (deliveries) => runApart(() => this.storeGroup(deliveries)));
    this.known = new KnownBodies((repeated) => runApart(() => this.countAgain(repeated)));
  }

  /**
   * @throws AppError `unavailable`; then nothing of this delivery is stored. The error of the caller's deadline when that
   * passes first; then it may be stored a moment later, whole, and the one that is sent again counts as its repeat.
   */
  async store(delivery: Delivery): Promise<Stored> {
    return await inTurn(this.group.submit(delivery, delivery.body.length));
  }

  /**
   * Counts one more request of a body that this process has met.
   * @returns undefined where it has not, or cannot say; then it is to be stored like any other @throws as `store`
   */
  async repeat({
    body,
    ...of
  }: Pick<Delivery, 'kind' | 'bodyHash' | 'body'>): Promise<KnownBody | undefined> {
    const key = keyOf(of);
    return this.known.has(key) ? await inTurn(this.known.again(key, body.length)) : undefined;
  }

  private async countAgain(repeated: readonly RepeatedDelivery[]): Promise<ReadonlySet<string>> {
    try {
      return await countRepeats(this.database.db, repeated);
    } catch (error) {
      // Nothing was counted: each is stored like any other then, which waits for its turn.
      if (isTransientConflict(error)) return new Set();
      throw notStored(error);
    }
  }

  private async storeGroup(deliveries: readonly Delivery[]): Promise<Settled[]> {
    this.metrics.inboxBatch.observe(deliveries.length);
    const distinct = [...Map.groupBy(deliveries, keyOf)];
    const byKey = await this.storeOrSplit(
      distinct.map(([, same]) => ({ ...first(same), copies: same.length })),
    );
    const seen = new Set<string>();
    return deliveries.map((delivery) => {
      const key = keyOf(delivery);
      const settled =
        byKey.get(key) ?? unstored(new Error('The database did not tell what became of a delivery'));
      const again = seen.has(key);
      seen.add(key);
      // Of identical requests in one group the first made the row, the others repeat it.
      return again && settled.status === 'fulfilled'
        ? { status: 'fulfilled', value: { ...settled.value, repeated: true } }
        : settled;
    });
  }

  /** One statement for all; when it fails, one for each, so that nobody fails because of a neighbour. */
  private async storeOrSplit(incoming: readonly IncomingDelivery[]): Promise<Map<string, Settled>> {
    if (incoming.length > 1) {
      try {
        return await this.storeAll(incoming);
      } catch (error) {
        if (isDatabaseUnavailable(error) && !isSlowStatement(error))
          return new Map(incoming.map((delivery) => [keyOf(delivery), unstored(error)]));
      }
    }
    const results = new Map<string, Settled>();
    for (const delivery of incoming) {
      for (const [key, settled] of await this.storeAlone(delivery)) results.set(key, settled);
    }
    return results;
  }

  /** A conflict passes: a deadlock is over, and another process's first delivery of the order is there to be seen. */
  private async storeAlone(delivery: IncomingDelivery, round = 1): Promise<Map<string, Settled>> {
    try {
      return await this.storeAll([delivery]);
    } catch (error) {
      const isPassing =
        isTransientConflict(error) || violatedConstraint(error) === 'deliveries_accepted_order_key';
      if (isPassing && round < mostRounds) return await this.storeAlone(delivery, round + 1);
      if (!isDatabaseUnavailable(error)) this.log.error('a delivery cannot be stored', {}, error);
      return new Map([[keyOf(delivery), unstored(error)]]);
    }
  }

  private async storeAll(incoming: readonly IncomingDelivery[]): Promise<Map<string, Settled>> {
    const rows = await receiveDeliveries(this.database.db, incoming);
    const byKey = new Map(rows.map((row) => [`${row.kind}:${row.hash}`, row]));
    for (const delivery of incoming) {
      const key = keyOf(delivery);
      const row = byKey.get(key);
      if (row) this.known.learn(key, { ...row, orderId: delivery.orderId });
    }
    return new Map([...byKey].map(([key, value]) => [key, { status: 'fulfilled', value }]));
  }
}

async function inTurn<T>(submitted: Promise<T>): Promise<T> {
  try {
    return await unlessLate(submitted);
  } catch (error) {
    if (!(error instanceof GroupFull)) throw error;
    const message = 'Too many deliveries wait for the database.';
    throw new AppError('unavailable', message, { cause: error, retryAfterSeconds: 2 });
  }
}

function keyOf(delivery: Pick<Delivery, 'kind' | 'bodyHash'>): string {
  return `${delivery.kind}:${delivery.bodyHash.toString('hex')}`;
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('A group is never empty');
  return item;
}

/** Whatever kept a row out, the sender is told to come again: nothing of it is stored. */
function unstored(error: unknown): Settled {
  return { status: 'rejected', reason: notStored(error) };
}

function notStored(error: unknown): AppError {
  const translated = translateDatabaseError(error);
  if (translated instanceof AppError) return translated;
  const message = 'The delivery could not be stored; please send it again.';
  return new AppError('unavailable', message, { cause: error });
}
