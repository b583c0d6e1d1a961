import { makeDataKey, type Purpose, wrap } from '../privacy/data-key.js';
import { Keyring } from '../privacy/keyring.js';

/** Made up, like what statements are answered with. */
export const recordedKeyring = new Keyring([{ id: 'catalogue', key: Buffer.alloc(32, 1) }]);
const purposes: readonly Purpose[] = ['person', 'deliveries', 'index'];
const keys = new Map(purposes.map((purpose) => [purpose, wrap(makeDataKey(), purpose, recordedKeyring)]));

/** What a statement that looks for data keys is answered with, for each that it asks for; undefined for others. */
export function answerOfKeys(
  text: string,
  values: readonly unknown[],
): readonly Readonly<Record<string, unknown>>[] | undefined {
  if (!text.includes('insert into data_keys') && !text.includes('insert into "data_keys"')) return undefined;
  const purpose = purposes.find((one) => values.includes(one)) ?? 'person';
  // Subjects are the first bytes that it asks for; a key of nobody has none.
  const asked = values.find((value) => Array.isArray(value) && Buffer.isBuffer(value[0])) ?? [null];
  return (asked as readonly unknown[]).map((subject) => ({ subject, ...keys.get(purpose) }));
}
