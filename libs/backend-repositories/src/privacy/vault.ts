import type { KeyObject } from 'node:crypto';
import { runApart, unlessLate } from '@visapi/backend-kernel';
import type { KyselyPlugin } from 'kysely';
import type { Executor } from '../db/database.js';
import { blindIndex, type DataKey, open, type Place, unwrap } from './data-key.js';
import { findOrMakeKeys, storeKey } from './find-or-make-keys.js';
import type { Keyring } from './keyring.js';

/** The index key is of no person. */
const ofNobody = Buffer.alloc(32);

/** How long a process seals what comes in with one key. */
const deliveryKeyMs = 86_400_000;

/** What is sealed by the key of the process and day that took it: of whom it is, is not asked. */
const ofProcess = ['delivery_bodies', 'idempotency_keys'];

/** Keys of deliveries that are kept unwrapped: a process reads what two backends stored today and yesterday. */
const mostUnwrapped = 16;

/** A sealed column as a row has it, with its data key as `storedKey` reads it in the same statement. */
export interface Sealed {
  readonly bytes: Buffer | null;
  readonly keyId: string | null;
  readonly key: string | null;
}

/**
 * Seals and opens columns. Keys of persons are kept by no process: whoever reads brings the wrapped key in the statement
 * that reads the bytes, so that one that is destroyed is of no more use anywhere from that moment on.
 */
export class Vault {
  private index: Promise<KeyObject> | undefined;
  private delivery: { readonly key: Promise<DataKey>; readonly until: number } | undefined;
  private readonly unwrapped = new Map<string, DataKey>();

  /** @param root runs statements of their own, outside of any transaction */
  constructor(
    readonly keyring: Keyring,
    private readonly root: () => Executor,
  ) {}

  /** The living data keys of these persons, in their order; see `findOrMakeKeys`. */
  async keysOf(executor: Executor, persons: readonly string[]): Promise<DataKey[]> {
    const indexKey = await this.indexKey();
    const distinct = [...new Set(persons)];
    const subjects = distinct.map((person) => blindIndex(indexKey, person));
    const keys = await findOrMakeKeys(executor, 'person', subjects, this.keyring);
    const byPerson = new Map(distinct.map((person, index) => [person, keys[index] as DataKey]));
    return persons.map((person) => byPerson.get(person) as DataKey);
  }

  async keyOf(executor: Executor, person: string): Promise<DataKey> {
    const [key] = await this.keysOf(executor, [person]);
    return key as DataKey;
  }

  async subjectsOf(persons: readonly string[]): Promise<Buffer[]> {
    const indexKey = await this.indexKey();
    return persons.map((person) => blindIndex(indexKey, person));
  }

  /** @throws when the keyring is not that of this installation: nothing here could be opened, or would be later */
  async check(): Promise<void> {
    await this.indexKey();
  }

  /** What this process seals incoming bodies, and the answers it keeps, with. Stored, and committed, before it is handed out. */
  async deliveryKey(): Promise<DataKey> {
    const now = performance.now();
    if (!this.delivery || this.delivery.until < now) {
      const key = runApart(async () => {
        await this.check();
        return await storeKey(this.root(), 'deliveries', this.keyring);
      });
      this.delivery = { key, until: now + deliveryKeyMs };
      // Nobody waits for the next try to be told.
      key.catch(() => (this.delivery = undefined));
    }
    return await unlessLate(this.delivery.key);
  }

  /** @returns null for null, and for what was sealed by a key that has been destroyed; bytes of before as they are */
  open(place: Place, { bytes, keyId, key }: Sealed): Buffer | null {
    if (!bytes || !keyId) return bytes;
    if (key === null) throw new Error(`The data key ${keyId} of ${place.table} ${place.row} is missing`);
    return key === '' ? null : open(this.unwrap(place, keyId, key), place, bytes);
  }

  /** Drawn once for an installation and wrapped like any data key, so it outlives every key of the keyring. */
  private async indexKey(): Promise<KeyObject> {
    if (!this.index) {
      this.index = runApart(async () => {
        const [found] = await findOrMakeKeys(this.root(), 'index', [ofNobody], this.keyring);
        return (found as DataKey).key;
      });
      this.index.catch(() => (this.index = undefined));
    }
    return await unlessLate(this.index);
  }

  private unwrap(place: Place, id: string, stored: string): DataKey {
    const cut = stored.lastIndexOf(':');
    const wrapped = { id, keyId: stored.slice(0, cut), wrapped: Buffer.from(stored.slice(cut + 1), 'hex') };
    if (!ofProcess.includes(place.table)) return unwrap(wrapped, 'person', this.keyring);
    // One key is of many bodies. Of no use without the row's own word that it is not destroyed.
    const known = this.unwrapped.get(stored) ?? unwrap(wrapped, 'deliveries', this.keyring);
    this.unwrapped.delete(stored);
    if (this.unwrapped.size >= mostUnwrapped) this.unwrapped.delete([...this.unwrapped.keys()][0] ?? '');
    this.unwrapped.set(stored, known);
    return known;
  }
}

/** Lets a vault travel with the executor that every repository is given. */
export class VaultPlugin implements KyselyPlugin {
  constructor(readonly vault: Vault) {}

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => node;

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => await Promise.resolve(result);
}

/** @throws when the database was opened without a keyring */
export function vaultOf(executor: Executor): Vault {
  const plugin = executor.getExecutor().plugins.find((given) => given instanceof VaultPlugin);
  if (!plugin)
    throw new Error('This database was opened without the keyring that its columns are sealed with');
  return plugin.vault;
}
