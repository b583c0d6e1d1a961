import type { Insertable } from 'kysely';
import type { Messages } from '../db/schema.gen.js';
import type { DataKey } from './data-key.js';
import { sealColumns } from './sealed-row.js';

type Words = Pick<Insertable<Messages>, 'effectId' | 'parameters' | 'document'>;

/** A message to be inserted, with its words sealed. */
export function sealWords<M extends Words>(key: DataKey, message: M) {
  const { effectId, parameters, document } = message;
  return { ...message, ...sealColumns(key, 'messages', effectId, { parameters, document }) };
}
