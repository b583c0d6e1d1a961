import { randomBytes } from 'node:crypto';
import type { Log } from '@visapi/backend-observability';
import type { Redis } from 'ioredis';
import type { Family } from './family.js';
import type { CacheKey, Target } from './key.js';
import { RedisLink } from './redis-link.js';
import { evictions, indexOf, namesOf, sizesOf, versionOf } from './redis-names.js';
import { begin, release, store } from './scripts.js';
import { decodeValue, encodeValue } from './value-codec.js';

/** A load that takes longer is not kept. */
const leaseMs = 15_000;
/** How long one process may load while others wait for what it finds. */
const lockMs = 2_000;
/** Versions and bookkeeping outlive every value. */
const bookkeepingMs = 2 * 86_400_000;
/** What a value costs Redis beside its own bytes: its keys, version, index and size. */
const overheadBytes = 300;

const tokenLength = 16;
const token = (): string => randomBytes(12).toString('base64url');

/** Of a family and of what shares a first part in it: both must be what they were for a value to be readable. */
export interface Versions {
  readonly generation: string;
  readonly version: string;
}

/** The right to keep the value of a load, as long as nothing is evicted meanwhile. */
export interface Lease extends Versions {
  readonly lock: string;
}

export interface Begun {
  readonly lease: Lease;
  readonly found: { readonly value: unknown; readonly endsInMs: number } | undefined;
  /** Whether the caller is the one who loads what was not found. */
  readonly mine: boolean;
}

/** The second tier, shared by all processes. Nothing here ever throws: without Redis there is just nothing kept. */
export class RedisTier {
  private readonly link: RedisLink;

  constructor(
    url: string,
    log: Log,
    private readonly families: readonly Family[],
    heard: (targets: readonly Target[]) => void,
  ) {
    const forget = (client: Redis) => this.carryOut(client, this.everything());
    this.link = new RedisLink(url, log, forget, evictions, (message) => heard(parseTargets(message)));
  }

  get isUsable(): boolean {
    return this.link.isUsable;
  }

  open(): void {
    this.link.open();
  }

  everything(): Target[] {
    return this.families.map(({ name }) => ({ family: name }));
  }

  /** Reads, or else takes out a lease for a load: one round trip. Undefined when Redis cannot be asked. */
  async begin(key: CacheKey): Promise<Begun | undefined> {
    const { generation, version, entry, lock } = namesOf(key);
    const lockToken = token();
    const answer = (await this.link.ask((client) =>
      client.callBuffer(
        'EVAL',
        begin,
        4,
        ...[generation, version, entry, lock],
        ...[token(), lockToken, lockMs, leaseMs, bookkeepingMs],
      ),
    )) as readonly [Buffer, Buffer, Buffer | null, number, number] | undefined;
    if (!answer) return undefined;
    const [readGeneration, readVersion, content, mine, endsInMs] = answer;
    const lease = { generation: String(readGeneration), version: String(readVersion), lock: lockToken };
    const read = content ? await readEntry(content) : undefined;
    return { lease, found: read && { ...read, endsInMs }, mine: mine === 1 };
  }

  /** What the versions of these first parts are now: one command. Undefined when Redis cannot be asked. */
  async versionsOf({ name }: Family, parts: readonly string[]): Promise<Versions[] | undefined> {
    const names = [undefined, ...parts].map((part) => versionOf(name, part));
    const answer = await this.link.ask((client) => client.mget(...names));
    const [generation, ...versions] = answer ?? [];
    return answer && versions.map((version) => ({ generation: generation ?? '', version: version ?? '' }));
  }

  async release(key: CacheKey, lease: Lease): Promise<void> {
    await this.link.ask(async (client) => await client.eval(release, 1, namesOf(key).lock, lease.lock));
  }

  /**
   * Keeps a value that was loaded under the lease.
   * @param options.renew also forget what else was kept or is being loaded under the same first part
   * @returns false when something was evicted since the lease was taken out, or nobody knows
   */
  async store(
    key: CacheKey,
    value: unknown,
    lease: Lease,
    { ttlMs, renew }: { ttlMs: number; renew: boolean },
  ): Promise<boolean> {
    const version = renew ? token() : lease.version;
    const content = await encodeValue(value).catch(() => undefined);
    if (!content) return false;
    const bytes = Buffer.concat([Buffer.from(lease.generation + version), content]);
    const { generation, version: versionKey, entry, lock, index, sizes, entries } = namesOf(key);
    const size = bytes.length + 2 * key.key.length + overheadBytes;
    const answer = await this.link.ask(
      async (client) =>
        await client.eval(
          store,
          6,
          ...[generation, versionKey, entry, lock, index, sizes],
          ...[lease.generation, lease.version, bytes, Math.round(ttlMs), size, key.family.budgetBytes],
          ...[key.key, lease.lock, version, entries, bookkeepingMs],
        ),
    );
    return answer === 1 || answer === -1;
  }

  /** One round trip, whatever the number of targets. */
  async evict(targets: readonly Target[]): Promise<void> {
    if (targets.length > 0) await this.link.tell((client) => this.carryOut(client, targets));
  }

  /** Tells the other processes that what they hold of it is outdated. */
  async announce(targets: readonly Target[]): Promise<void> {
    await this.link.ask((client) => client.publish(evictions, JSON.stringify(targets)));
  }

  /** Bytes and number of values that Redis holds of a family; undefined when it cannot be asked. */
  async holdings(family: Family): Promise<{ bytes: number; entries: number } | undefined> {
    const now = Date.now();
    const answer = await this.link.ask(
      async (client) =>
        await Promise.all([
          client.hget(sizesOf(family.name), '#'),
          client.zcount(indexOf(family.name), now, '+inf'),
        ]),
    );
    return answer && { bytes: Number(answer[0] ?? 0), entries: answer[1] };
  }

  close(): void {
    this.link.close();
  }

  /** Versions that are gone make their values unreadable; one command per family, one for all other processes. */
  private async carryOut(client: Redis, targets: readonly Target[]): Promise<void> {
    const byFamily = Map.groupBy(targets, ({ family }) => family);
    await Promise.all([
      ...[...byFamily].map(([family, wanted]) =>
        client.unlink(...wanted.map(({ part }) => versionOf(family, part))),
      ),
      client.publish(evictions, JSON.stringify(targets)),
    ]);
  }
}

/** Bytes that cannot be read (another version of Node wrote them) count as nothing. */
async function readEntry(entry: Buffer): Promise<{ value: unknown } | undefined> {
  try {
    return { value: await decodeValue(entry.subarray(2 * tokenLength)) };
  } catch {
    return undefined;
  }
}

function parseTargets(message: string): readonly Target[] {
  try {
    return JSON.parse(message) as Target[];
  } catch {
    return [];
  }
}
