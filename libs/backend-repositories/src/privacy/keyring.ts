import { createSecretKey, type KeyObject } from 'node:crypto';
import type { EncryptionConfig } from '@visapi/backend-config';

interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys that data keys are encrypted by. The first one writes, all of them read. */
export class Keyring {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  readonly writing: NamedKey;

  constructor(given: readonly EncryptionConfig['keys'][number][]) {
    const keys = given.map(({ id, key }) => ({ id, key: createSecretKey(key) }));
    const [first] = keys;
    if (!first) throw new Error('A keyring needs a key');
    this.writing = first;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** @throws when it is not there: a key that is still in use was taken out of ENCRYPTION_KEYS */
  named(id: string): KeyObject {
    const key = this.keys.get(id);
    if (!key)
      throw new Error(
        `Data is encrypted by the key ${id}, which ENCRYPTION_KEYS does not hold: put it back behind the first one`,
      );
    return key;
  }
}
