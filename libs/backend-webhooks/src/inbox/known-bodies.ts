import { GroupCommit } from '@visapi/backend-kernel';
import type { ReceivedDelivery, RepeatedDelivery } from '@visapi/backend-repositories/inbox';
import { LRUCache } from 'lru-cache';

/** What there is to answer to a body that is stored. */
export interface KnownBody {
  readonly deliveryId: string;
  readonly orderId: string | null;
  readonly outcome: ReceivedDelivery['outcome'];
  readonly problems: string | null;
}

/** Some 2 MB. A shop sends again what it sent within minutes, if at all. */
const mostKnown = 5_000;

const bytes = 64 * 1024 * 1024;
/** Of the bytes none are sent, but their requests hold them. */
const limits = { items: 256, bytes, inFlight: 2, waitingItems: 4_000, waitingBytes: bytes } as const;

type Counting = (repeated: readonly RepeatedDelivery[]) => Promise<ReadonlySet<string>>;

/**
 * Bodies that this process knows to be stored. Whoever sends one of them again is told what became of it once that is
 * counted, as everybody is, but the body is neither read nor sealed nor sent to the database for it.
 */
export class KnownBodies {
  private readonly bodies = new LRUCache<string, KnownBody>({ max: mostKnown });
  private readonly group: GroupCommit<string, KnownBody | undefined>;

  /** @param count makes it durable, and tells which deliveries are there at all */
  constructor(private readonly count: Counting) {
    this.group = new GroupCommit(limits, (keys) => this.countGroup(keys));
  }

  learn(key: string, body: KnownBody): void {
    this.bodies.set(key, body);
  }

  has(key: string): boolean {
    return this.bodies.has(key);
  }

  /**
   * Counts one more request of a body.
   * @param held how many bytes the request holds meanwhile
   * @returns undefined where it turns out not to be known, or not to be there @throws GroupFull, or what counting ends with
   */
  async again(key: string, held: number): Promise<KnownBody | undefined> {
    return await this.group.submit(key, held);
  }

  private async countGroup(keys: readonly string[]): Promise<PromiseSettledResult<KnownBody | undefined>[]> {
    // In the order of their hashes, as every statement that writes deliveries.
    const copies = [...Map.groupBy(keys.toSorted(), (key) => key)];
    const known = copies.flatMap(([key, same]) => {
      const body = this.bodies.get(key);
      return body ? [{ id: body.deliveryId, copies: same.length }] : [];
    });
    const counted = await this.count(known);
    return keys.map((key) => {
      const body = this.bodies.get(key);
      if (body && counted.has(body.deliveryId)) return { status: 'fulfilled', value: body };
      this.bodies.delete(key);
      return { status: 'fulfilled', value: undefined };
    });
  }
}
