import { newId } from '@visapi/backend-kernel';
import { DataKeysRepository, ErasuresRepository, readSealed, SealingRepository } from '../privacy/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, list, operator, report } from './query.js';
import { firstPage, type Samples } from './samples.js';

export function privacyQueries(samples: Samples): CataloguedQuery[] {
  return [...keeping(samples), ...erasing(samples)];
}

function erasing({ done }: Samples): CataloguedQuery[] {
  const erasures = new ErasuresRepository();
  const phone = phoneOf(done);
  const orderIds = [orderIdOf(done)];
  const order = { orderId: orderIdOf(done), clientPhone: phone, clientEmail: null };
  const email = 'dana.example@example.test';
  const erasure = {
    ...{ id: newId(), orderIds, messages: 1, deliveries: 1, keysDestroyed: 1 },
    ...{ reason: 'asked', erasedBy: 'operator:1', correlationId: 'sample' },
  };
  return [
    operator('ErasuresRepository.ordersOf', (db) => erasures.ordersOf(db, { phone }), {
      asks: 'a phone',
      answers: [[order], [order], []],
    }),
    operator('ErasuresRepository.ordersOf', (db) => erasures.ordersOf(db, { email }), {
      asks: 'an e-mail address',
      answers: [[order], [order], []],
    }),
    operator('ErasuresRepository.ordersOf', (db) => erasures.ordersOf(db, { orderId: orderIdOf(done) }), {
      asks: 'an order',
      answers: [[order], [order], []],
    }),
    operator('ErasuresRepository.lockKeys', (db) => erasures.lockKeys(db, [`phone:${phone}`])),
    operator('ErasuresRepository.destroyKeys', (db) => erasures.destroyKeys(db, [newId()])),
    operator('ErasuresRepository.othersOf', (db) => erasures.othersOf(db, orderIds)),
    operator('ErasuresRepository.phonesOf', (db) => erasures.phonesOf(db, orderIds), {
      reads: ['effects_order_id_idx'],
    }),
    operator('ErasuresRepository.lockOrders', (db) => erasures.lockOrders(db, orderIds)),
    operator('ErasuresRepository.withhold', (db) => erasures.withhold(db, orderIds)),
    operator('ErasuresRepository.forget', (db) => erasures.forget(db, orderIds)),
    operator('ErasuresRepository.forgetTraces', (db) => erasures.forgetTraces(db, ['ILSAMPLE'], [])),
    operator('ErasuresRepository.record', (db) => erasures.record(db, erasure)),
    operator('ErasuresRepository.existing', (db) => erasures.existing(db, orderIds)),
    operator('ErasuresRepository.isKnown', (db) => erasures.isKnown(db, orderIdOf(done))),
    list('ErasuresRepository.findPage', (db) => erasures.findPage(db, {}, firstPage)),
  ];
}

function keeping({ done }: Samples): CataloguedQuery[] {
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
