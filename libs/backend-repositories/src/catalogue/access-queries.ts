import { newId } from '@visapi/backend-kernel';
import { ApiKeysRepository } from '../access/index.js';
import { type CataloguedQuery, hot, list, operator, sweep } from './query.js';
import { afterCursor, firstPage, type Samples } from './samples.js';

export function accessQueries(samples: Samples): CataloguedQuery[] {
  return [...apiKeys(samples)];
}

function apiKeys({ now }: Samples): CataloguedQuery[] {
  const keys = new ApiKeysRepository();
  const key = { name: 'shop', prefix: 'sample', hashedSecret: Buffer.alloc(32), scopes: ['webhook:vizi'] };
  const [id, allowedNetworks] = [newId(), ['203.0.113.0/24']];
  const given = { ...key, allowedNetworks, expiresAt: now, createdBy: 'sample' };
  const use = { id: newId(), count: 3, firstAt: now, lastAt: now };
  return [
    hot('ApiKeysRepository.findByPrefix', (db) => keys.findByPrefix(db, 'sample')),
    sweep('ApiKeysRepository.knownOf', (db) => keys.knownOf(db, ['sample', 'other'])),
    list('ApiKeysRepository.list', (db) => keys.list(db, 100)),
    sweep('ApiKeysRepository.fingerprint', (db) => keys.fingerprint(db)),
    sweep('ApiKeysRepository.recordUses', (db) => keys.recordUses(db, [use], 'sample')),
    operator('ApiKeysRepository.upsert', (db) => keys.upsert(db, key)),
    list('ApiKeysRepository.page', (db) => keys.page(db, { now }, firstPage), { asks: 'all' }),
    list('ApiKeysRepository.page', (db) => keys.page(db, { state: 'live', now }, afterCursor(id)), {
      asks: 'live ones',
    }),
    list('ApiKeysRepository.page', (db) => keys.page(db, { state: 'expired', now }, afterCursor(null)), {
      asks: 'expired ones',
    }),
    list(
      'ApiKeysRepository.page',
      (db) => keys.page(db, { createdBy: `key:${id}`, now }, afterCursor(null)),
      {
        asks: 'of one maker',
      },
    ),
    operator('ApiKeysRepository.countLive', (db) => keys.countLive(db, `key:${id}`)),
    operator('ApiKeysRepository.tell', (db) => keys.tell(db, id)),
    operator('ApiKeysRepository.makerOf', (db) => keys.makerOf(db, id)),
    operator('ApiKeysRepository.lock', (db) => keys.lock(db, id)),
    operator('ApiKeysRepository.add', (db) => keys.add(db, given)),
    operator('ApiKeysRepository.change', (db) => keys.change(db, id, { name: 'shop', allowedNetworks })),
  ];
}
