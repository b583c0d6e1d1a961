import { newId } from '@visapi/backend-kernel';
import {
  countRepeats,
  DeliveriesRepository,
  type DeliveryFilter,
  receiveDeliveries,
  ReplaysRepository,
} from '../inbox/index.js';
import { idOf, orderIdOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report, sweep } from './query.js';
import { afterCursor, daysAgo, firstPage, type Samples } from './samples.js';

export function inboxQueries(samples: Samples): CataloguedQuery[] {
  return [...interpreting(samples), ...receiving(samples), ...lists(samples), ...replays(samples)];
}

function interpreting({ open, done }: Samples): CataloguedQuery[] {
  const deliveries = new DeliveriesRepository();
  const id = idOf('delivery', open);
  return [
    hot('DeliveriesRepository.lockOpenOfSameOrder', (db) => deliveries.lockOpenOfSameOrder(db, id), {
      reads: ['deliveries_of_order_idx', 'delivery_bodies_pkey'],
    }),
    hot('DeliveriesRepository.lockFirstOpen', (db) => deliveries.lockFirstOpen(db, [id]), {
      reads: ['deliveries_pkey', 'delivery_bodies_pkey'],
    }),
    hot('DeliveriesRepository.lockOpen', (db) => deliveries.lockOpen(db, id), { reads: ['deliveries_pkey'] }),
    hot('DeliveriesRepository.markApplied', (db) => deliveries.markApplied(db, [id])),
    hot('DeliveriesRepository.markFailed', (db) => deliveries.markFailed(db, id, 'amount is no number')),
    sweep('DeliveriesRepository.requeueOpen', (db) => deliveries.requeueOpen(db, 60, 500), {
      reads: ['deliveries_waiting_idx'],
    }),
    operator('DeliveriesRepository.find', (db) => deliveries.find(db, idOf('delivery', done))),
    operator('DeliveriesRepository.ofOrder', (db) => deliveries.ofOrder(db, orderIdOf(done)), {
      reads: ['deliveries_of_order_idx'],
    }),
  ];
}

function receiving({ done }: Samples): CataloguedQuery[] {
  const common = {
    source: 'vizi',
    problems: null,
    headers: '{}',
    apiKeyId: newId(),
    correlationId: 'sample',
    copies: 1,
  };
  const known = { id: newId(), kind: 'order', orderId: orderIdOf(done), verdict: 'usable' } as const;
  const fresh = { id: newId(), kind: 'order', orderId: 'ILSAMPLE', verdict: 'usable' } as const;
  const receipt = { id: newId(), kind: 'receipt', orderId: null, verdict: 'usable' } as const;
  const incoming = [known, fresh, receipt].map((delivery, index) => ({
    ...common,
    ...delivery,
    bodyHash: Buffer.alloc(32, index),
    body: Buffer.from('{}'),
  }));
  return [
    hot('receiveDeliveries', (db) => receiveDeliveries(db, incoming), {
      reads: ['deliveries_accepted_order_key'],
    }),
    hot('countRepeats', (db) => countRepeats(db, [{ id: idOf('delivery', done), copies: 2 }]), {
      reads: ['deliveries_pkey'],
    }),
  ];
}

function lists(samples: Samples): CataloguedQuery[] {
  const deliveries = new DeliveriesRepository();
  const filters: readonly (readonly [string, DeliveryFilter, readonly string[]])[] = [
    ['everything', {}, []],
    ['of an order', { orderId: orderIdOf(samples.done) }, ['deliveries_of_order_idx']],
    ['changes', { outcome: 'changed' }, []],
    ['rejected', { outcome: 'rejected' }, []],
    ['failed', { state: 'failed' }, []],
    ['waiting', { state: 'open' }, []],
    ['of a source', { source: 'vizi' }, []],
    ['of a source that sent nothing', { source: 'import' }, []],
    ['a day', { from: daysAgo(101, samples), to: daysAgo(100, samples) }, []],
  ];
  const weakness = (filter: DeliveryFilter) =>
    filter.from === undefined
      ? {}
      : { weakness: 'pages follow positions, which imports gave to deliveries of old times' };
  return filters.flatMap(([asks, filter, reads]) => [
    list('DeliveriesRepository.list', (db) => deliveries.list(db, filter, firstPage), {
      asks: `${asks}, a numbered page`,
      ...weakness(filter),
      reported: true,
    }),
    list('DeliveriesRepository.list', (db) => deliveries.list(db, filter, afterCursor(samples.orders * 3)), {
      asks: `${asks}, by cursor`,
      ...weakness(filter),
      reported: true,
      reads,
    }),
  ]);
}

function replays(samples: Samples): CataloguedQuery[] {
  const replays = new ReplaysRepository();
  const orderId = orderIdOf(samples.changed);
  const id = idOf('change', 2001);
  const period = { from: daysAgo(101, samples), to: daysAgo(100, samples) };
  const accepted = { id, orderId, isTest: false };
  const fact = {
    type: 'operator.delivery-replayed',
    payload: {},
    actor: 'operator:1',
    correlationId: 'sample',
  };
  return [
    operator('ReplaysRepository.matching', (db) => replays.matching(db, { ids: [id] }, 0, 100), {
      asks: 'by ids',
    }),
    operator('ReplaysRepository.matching', (db) => replays.matching(db, { state: 'failed' }, 0, 100), {
      asks: 'failed',
    }),
    operator('ReplaysRepository.matching', (db) => replays.matching(db, { outcome: 'rejected' }, 0, 100), {
      asks: 'rejected',
    }),
    operator('ReplaysRepository.matching', (db) => replays.matching(db, { orderId }, 0, 100), {
      asks: 'of an order',
    }),
    report('ReplaysRepository.matching', (db) => replays.matching(db, period, 0, 100), {
      asks: 'of a day',
    }),
    operator('ReplaysRepository.read', (db) => replays.read(db, id)),
    operator('ReplaysRepository.ofOrder', (db) => replays.ofOrder(db, orderId)),
    operator('ReplaysRepository.isAccepted', (db) => replays.isAccepted(db, orderId)),
    operator('ReplaysRepository.lockRejected', (db) => replays.lockRejected(db, id)),
    operator(
      'ReplaysRepository.openFailedOfOrder',
      (db) => replays.openFailedOfOrder(db, orderId, 'operator:1'),
      {
        answers: [[{ id }]],
      },
    ),
    operator('ReplaysRepository.openFailed', (db) => replays.openFailed(db, id, 'operator:1'), {
      asks: 'of an order',
      answers: [[{ kind: 'order', orderId, state: 'failed' }], [{ id }]],
    }),
    operator('ReplaysRepository.openFailed', (db) => replays.openFailed(db, id, 'operator:1'), {
      asks: 'of receipts',
      answers: [[{ kind: 'receipt', orderId: null, state: 'failed' }], [{ id }]],
    }),
    operator('ReplaysRepository.accept', (db) => replays.accept(db, accepted, 'operator:1')),
    operator('ReplaysRepository.tellProblems', (db) => replays.tellProblems(db, id, 'amount is no number')),
    operator('ReplaysRepository.tellOfDelivery', (db) => replays.tellOfDelivery(db, id, fact)),
    operator('ReplaysRepository.newestApplied', (db) => replays.newestApplied(db, orderId)),
    report('ReplaysRepository.ordersReceived', (db) => replays.ordersReceived(db, period, 1_000)),
  ];
}
