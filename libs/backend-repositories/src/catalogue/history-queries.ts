import { newId } from '@visapi/backend-kernel';
import {
  BacklogRepository,
  claimForTelling,
  DeadLettersRepository,
  EventReplaysRepository,
  originOf,
  type ReplayRow,
  stopTelling,
  tryToClaim,
  waitForAggregates,
} from '../events/index.js';
import { idOf, orderIdOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report, sweep } from './query.js';
import { afterCursor, daysAgo, firstPage, type Samples } from './samples.js';

const handler = 'order-statistics';
const types = ['order.created', 'order.changed'];

export function historyQueries(samples: Samples): CataloguedQuery[] {
  return [...locks(samples), ...backlog(samples), ...deadLetters(samples), ...replays(samples)];
}

function aggregateOf(n: number) {
  return { aggregateType: 'order', aggregateId: orderIdOf(n) };
}

function locks({ orders, done, changed }: Samples): CataloguedQuery[] {
  const facts = [done, changed].map((n) => ({ ...aggregateOf(n), position: orders * 2 + n }));
  return [
    hot('claimForTelling', (db) => claimForTelling(db, facts, types, [handler]), {
      reads: ['outbox_pkey', 'events_pkey'],
    }),
    hot('originOf', (db) => originOf(db, { kind: 'effect', id: idOf('contact', done) }), {
      asks: 'an effect',
      reads: ['effects_pkey'],
    }),
    hot('originOf', (db) => originOf(db, { kind: 'delivery', id: idOf('delivery', done) }), {
      asks: 'a delivery',
      reads: ['deliveries_pkey'],
    }),
    hot('tryToClaim', (db) => tryToClaim(db, aggregateOf(done), handler)),
    operator('waitForAggregates', (db) => waitForAggregates(db, [aggregateOf(done)])),
    operator('stopTelling', (db) => stopTelling(db, handler)),
  ];
}

const failure = { at: '2026-01-05T10:00:00.000Z', code: 'failed', message: 'the handler failed' };

function backlog({ done, orders }: Samples): CataloguedQuery[] {
  const repository = new BacklogRepository();
  const block = { ...aggregateOf(done), handler, position: orders };
  const tried = { state: 'waiting', attempts: 1, dueInMs: 1_000, errors: [failure] } as const;
  return [
    hot('BacklogRepository.blocks', (db) => repository.blocks(db, [handler], [aggregateOf(done)])),
    hot('BacklogRepository.append', (db) => repository.append(db, [{ ...block, ...tried, replayed: false }])),
    hot('BacklogRepository.due', (db) => repository.due(db, [handler], 100)),
    hot('BacklogRepository.head', (db) => repository.head(db, block)),
    hot('BacklogRepository.settle', (db) => repository.settle(db, block, 'done')),
    hot('BacklogRepository.fail', (db) => repository.fail(db, block, tried)),
    operator('BacklogRepository.reopen', (db) => repository.reopen(db, handler, orders)),
  ];
}

function deadLetters({ done }: Samples): CataloguedQuery[] {
  const letters = new DeadLettersRepository();
  const letter = {
    ...aggregateOf(done),
    name: handler,
    reference: '1',
    correlationId: null,
    attempts: 5,
    errors: [failure],
  };
  const resolution = { state: 'discarded', actor: 'operator:1', reason: 'told by hand' } as const;
  return [
    hot('DeadLettersRepository.open', (db) => letters.open(db, { ...letter, kind: 'handler' })),
    list('DeadLettersRepository.list', (db) => letters.list(db, { state: 'open' }, firstPage), {
      asks: 'open ones',
    }),
    list(
      'DeadLettersRepository.list',
      (db) => letters.list(db, { aggregateId: orderIdOf(done) }, afterCursor(null)),
      {
        asks: 'of an order',
      },
    ),
    operator('DeadLettersRepository.openOnes', (db) =>
      letters.openOnes(db, { kind: 'handler', name: handler }, 100),
    ),
    operator('DeadLettersRepository.resolve', (db) => letters.resolve(db, newId(), resolution)),
  ];
}

function replayRow(samples: Samples, aggregateId: string | null): ReplayRow {
  return {
    id: newId(),
    handler,
    types,
    aggregateId,
    occurredFrom: daysAgo(101, samples),
    occurredTo: null,
    fromPosition: 1,
    toPosition: samples.orders * 4,
    rebuild: false,
    forced: false,
    ratePerSecond: 100,
    reason: 'a sample',
    requestedBy: 'operator:1',
    correlationId: 'sample',
    state: 'running',
    position: samples.orders,
    handled: 0,
    total: 1,
    problem: null,
    nextAt: samples.now,
    resetAt: null,
    createdAt: samples.now,
    finishedAt: null,
  };
}

function replays(samples: Samples): CataloguedQuery[] {
  const repository = new EventReplaysRepository();
  const { orders, done } = samples;
  const id = newId();
  const counted = { events: 1, byType: {}, firstPosition: 1, lastPosition: 9 };
  const terms = {
    rebuild: false,
    forced: false,
    ratePerSecond: 100,
    reason: 'a sample',
    actor: 'operator:1',
  };
  const begun = { handler, types, ...terms, correlationId: 'sample', counted };
  const step = { position: orders, handled: 100, isLast: false, nextInMs: 1_000 };
  const everything = replayRow({ ...samples, now: new Date(0) }, null);
  const ofOrder = replayRow(samples, orderIdOf(done));
  return [
    report('EventReplaysRepository.countFacts', (db) => repository.countFacts(db, { types })),
    operator(
      'EventReplaysRepository.countFacts',
      (db) => repository.countFacts(db, { types, aggregateId: orderIdOf(done) }),
      {
        asks: 'of an order',
        reads: ['events_aggregate_version_key'],
      },
    ),
    operator('EventReplaysRepository.begin', (db) => repository.begin(db, begun)),
    operator('EventReplaysRepository.findById', (db) => repository.findById(db, id)),
    sweep('EventReplaysRepository.takeDue', (db) => repository.takeDue(db, [handler])),
    sweep('EventReplaysRepository.dueInMs', (db) => repository.dueInMs(db, [handler])),
    operator('EventReplaysRepository.markReset', (db) => repository.markReset(db, id)),
    sweep('EventReplaysRepository.nextFacts', (db) => repository.nextFacts(db, everything, 100), {
      asks: 'of all orders',
      reads: ['events_type_idx'],
    }),
    sweep('EventReplaysRepository.nextFacts', (db) => repository.nextFacts(db, ofOrder, 100), {
      asks: 'of an order',
      reads: ['events_aggregate_version_key'],
    }),
    sweep('EventReplaysRepository.advance', (db) => repository.advance(db, id, step)),
    operator('EventReplaysRepository.stop', (db) => repository.stop(db, id, 'cancelled', null)),
    operator('EventReplaysRepository.resume', (db) => repository.resume(db, id)),
    operator('EventReplaysRepository.isRebuilding', (db) => repository.isRebuilding(db, handler)),
  ];
}
