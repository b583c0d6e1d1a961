import { newId } from '@visapi/backend-kernel';
import { IdempotencyKeysRepository, markMade, once } from '../idempotency/index.js';
import { type CataloguedQuery, operator, report, sweep } from './query.js';

export function idempotencyQueries(): CataloguedQuery[] {
  const keys = new IdempotencyKeysRepository();
  const held = { id: newId(), attempt: 1 };
  const asked = {
    owner: 'key:sample',
    key: newId(),
    route: 'POST /api/v1/orders',
    bodyHash: Buffer.alloc(32),
  };
  const answer = { status: 200, headers: {}, body: Buffer.from('{}') };
  const reads = ['idempotency_keys_pkey'];
  return [
    operator(
      'IdempotencyKeysRepository.meet',
      (db) => keys.meet(db, asked, { leaseMs: 60_000, keepMs: 86_400_000 }),
      { reads: ['idempotency_keys_owner_key_key'] },
    ),
    operator('IdempotencyKeysRepository.takeOver', (db) => keys.takeOver(db, held, 60_000), { reads }),
    operator('IdempotencyKeysRepository.isRunning', (db) => keys.isRunning(db, held.id), { reads }),
    operator('IdempotencyKeysRepository.keep', (db) => keys.keep(db, held, answer), { reads }),
    operator('IdempotencyKeysRepository.keepId', (db) => keys.keepId(db, held, 'sample'), { reads }),
    operator('IdempotencyKeysRepository.release', (db) => keys.release(db, held), { reads, answers: [[]] }),
    operator('IdempotencyKeysRepository.forget', (db) => keys.forget(db, held.id), { reads }),
    report('IdempotencyKeysRepository.forgetAnswers', (db) => keys.forgetAnswers(db, ['IL1']), {
      answers: [[{ id: held.id, body: Buffer.from('"IL1"'), bodyKeyId: null, bodyKey: null }]],
    }),
    sweep('IdempotencyKeysRepository.removeExpired', (db) => keys.removeExpired(db, 500), {
      reads: ['idempotency_keys_expires_at_idx'],
    }),
    operator('once', (db) => once(db, { once: held }, () => Promise.resolve('done')), {
      reads,
      answers: [[{ attempt: 1, outcome: null }]],
    }),
    operator('markMade', (db) => markMade(db, { once: held }, 'sample'), { reads }),
  ];
}
