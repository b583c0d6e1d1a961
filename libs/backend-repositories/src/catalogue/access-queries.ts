import { newId } from '@visapi/backend-kernel';
import { ApiKeysRepository } from '../access/index.js';
import { type CataloguedQuery, hot, list, operator, sweep } from './query.js';
import type { Samples } from './samples.js';

export function accessQueries({ now }: Samples): CataloguedQuery[] {
  const keys = new ApiKeysRepository();
  const key = { name: 'shop', prefix: 'sample', hashedSecret: Buffer.alloc(32), scopes: ['webhook:vizi'] };
  const use = { id: newId(), count: 3, firstAt: now, lastAt: now };
  return [
    hot('ApiKeysRepository.findByPrefix', (db) => keys.findByPrefix(db, 'sample')),
    list('ApiKeysRepository.list', (db) => keys.list(db, 100)),
    sweep('ApiKeysRepository.fingerprint', (db) => keys.fingerprint(db)),
    sweep('ApiKeysRepository.recordUses', (db) => keys.recordUses(db, [use], 'sample')),
    operator('ApiKeysRepository.upsert', (db) => keys.upsert(db, key)),
  ];
}
