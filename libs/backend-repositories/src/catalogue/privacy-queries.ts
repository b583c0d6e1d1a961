import { DataKeysRepository, readSealed, SealingRepository } from '../privacy/index.js';
import { idOf, orderIdOf } from './names.js';
import { type CataloguedQuery, operator, report } from './query.js';
import type { Samples } from './samples.js';

export function privacyQueries({ done }: Samples): CataloguedQuery[] {
  const keys = new DataKeysRepository();
  const sealing = new SealingRepository();
  const tables = ['orderDetails', 'messages', 'applicantIssues', 'visaRecords', 'deliveryBodies'] as const;
  return [
    report('DataKeysRepository.rewrapSome', (db) => keys.rewrapSome(db, null, 500), { answers: [[]] }),
    report('DataKeysRepository.uses', (db) => keys.uses(db)),
    report('DataKeysRepository.isBehind', (db) => keys.isBehind(db)),
    ...tables.map((table) =>
      report('SealingRepository.sealSome', (db) => sealing.sealSome(db, table, null, 200), {
        asks: table,
        answers: [
          [{ row: idOf('message', done), bytes0: Buffer.from('[]'), orderId: orderIdOf(done), person: 'A1' }],
        ],
      }),
    ),
    ...tables.map((table) =>
      report('SealingRepository.countPlain', (db) => sealing.countPlain(db, table), { asks: table }),
    ),
    operator('readSealed', (db) => readSealed(db, 'messages', 'parameters', idOf('message', done)), {
      answers: [[{ bytes: null, keyId: null, key: null }]],
    }),
  ];
}
