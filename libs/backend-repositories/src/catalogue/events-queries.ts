import {
  type EventFilter,
  EventListsRepository,
  EventsRepository,
  SealsRepository,
} from '../events/index.js';
import { idOf, orderIdOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report, sweep } from './query.js';
import { afterCursor, daysAgo, firstPage, newEvent, type Samples } from './samples.js';

export function eventsQueries(samples: Samples): CataloguedQuery[] {
  const events = new EventsRepository();
  const orderId = orderIdOf(samples.done);
  const positions = Array.from({ length: 100 }, (_, index) => samples.orders + index);
  return [
    hot('EventsRepository.append', (db) => events.append(db, newEvent(orderId, 9))),
    operator('EventsRepository.appendNext', (db) => events.appendNext(db, newEvent('ILSAMPLE', 1)), {
      reads: ['events_aggregate_version_key'],
    }),
    hot('EventsRepository.anyWork', (db) => events.anyWork(db, ['order-statistics']), {
      reads: ['outbox_pkey'],
    }),
    hot('EventsRepository.takeUndispatched', (db) => events.takeUndispatched(db, 500), {
      asks: 'the next ones',
      reads: ['outbox_pkey', 'events_pkey'],
    }),
    hot('EventsRepository.takeUndispatched', (db) => events.takeUndispatched(db, 500, positions), {
      asks: 'others than these',
      reads: ['outbox_pkey', 'events_pkey'],
    }),
    hot('EventsRepository.removeDispatched', (db) => events.removeDispatched(db, positions), {
      reads: ['outbox_pkey'],
    }),
    sweep('EventsRepository.toldOf', (db) => events.toldOf(db, positions), { reads: ['outbox_pkey'] }),
    operator('EventsRepository.ofOrder', (db) => events.ofOrder(db, orderIdOf(samples.changed)), {
      reads: ['events_aggregate_version_key', 'deliveries_of_order_idx'],
    }),
    ...lists(samples),
    ...seals(samples),
  ];
}

function lists(samples: Samples): CataloguedQuery[] {
  const events = new EventListsRepository();
  const filters: readonly (readonly [string, EventFilter, readonly string[]])[] = [
    ['everything', {}, ['events_pkey']],
    ['one type', { type: 'order.changed' }, []],
    ['a rare type', { type: 'operator.delivery-replayed' }, ['events_type_idx']],
    ['a family of types', { type: 'operator.*' }, ['events_type_idx']],
    [
      'of an order',
      { aggregateId: orderIdOf(samples.done), aggregateType: 'order' },
      ['events_aggregate_version_key'],
    ],
    ['of a delivery', { aggregateId: idOf('delivery', samples.done) }, ['events_aggregate_version_key']],
    ['of all deliveries', { aggregateType: 'delivery' }, []],
    ['of an actor', { actor: 'operator:1' }, ['events_rare_actor_idx']],
    ['of the worker', { actor: 'worker' }, []],
    ['one story', { correlationId: `delivery-${samples.done}` }, ['events_correlation_id_idx']],
    ['a day', { from: daysAgo(101, samples), to: daysAgo(100, samples) }, []],
  ];
  return filters.flatMap(([asks, filter, reads]) => [
    list('EventListsRepository.list', (db) => events.list(db, filter, firstPage), {
      asks: `${asks}, a numbered page`,
      reported: true,
    }),
    list('EventListsRepository.list', (db) => events.list(db, filter, afterCursor(samples.orders * 4)), {
      asks: `${asks}, by cursor`,
      reported: true,
      reads,
    }),
  ]);
}

function seals({ orders }: Samples): CataloguedQuery[] {
  const repository = new SealsRepository();
  return [
    sweep('SealsRepository.advanceHorizon', (db) => repository.advanceHorizon(db)),
    sweep('SealsRepository.sealNext', (db) => repository.sealNext(db, orders * 10, 1_000), {
      reads: ['events_pkey'],
    }),
    sweep('SealsRepository.lastSealed', (db) => repository.lastSealed(db)),
    report('SealsRepository.verify', (db) => repository.verify(db, 5, 10), { reads: ['events_pkey'] }),
  ];
}
