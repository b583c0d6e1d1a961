import { newId } from '@visapi/backend-kernel';
import type { KeptLine } from '@visapi/backend-observability';
import {
  HealthRepository,
  LedgerRepository,
  LogsRepository,
  OverdueRepository,
  ReconciliationRepository,
  RetentionRepository,
} from '../operations/index.js';
import { orderIdOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report, sweep } from './query.js';
import { daysAgo, firstPage, type Samples } from './samples.js';

export function operationsQueries(samples: Samples): CataloguedQuery[] {
  const health = new HealthRepository();
  const overdue = new OverdueRepository();
  const ledger = new LedgerRepository();
  const retention = new RetentionRepository();
  const always = { from: null, to: null };
  const day = { from: daysAgo(101, samples), to: daysAgo(100, samples) };
  return [
    hot('HealthRepository.ping', (db) => health.ping(db)),
    sweep('HealthRepository.tryLock', (db) => health.tryLock(db, 'sweep')),
    sweep('HealthRepository.oldestUndispatched', (db) => health.oldestUndispatched(db), {
      reads: ['outbox_pkey', 'events_pkey'],
    }),
    sweep('HealthRepository.attention', (db) => health.attention(db), {
      reads: [
        'effects_attention_idx',
        'deliveries_state_idx',
        'dead_letters_open_key',
        'effects_due_idx',
        'effects_lease_idx',
      ],
    }),
    sweep('OverdueRepository.announceOrders', (db) => overdue.announceOrders(db, 300, 500), {
      reads: ['effects_due_idx', 'effects_lease_idx'],
    }),
    sweep('OverdueRepository.endEpisodes', (db) => overdue.endEpisodes(db, 500), {
      reads: ['orders_overdue_idx'],
    }),
    sweep('OverdueRepository.announceDeliveries', (db) => overdue.announceDeliveries(db, 300, 500), {
      reads: ['deliveries_waiting_idx'],
    }),
    sweep('RetentionRepository.emptyDeliveries', (db) =>
      retention.emptyDeliveries(db, daysAgo(100, samples), 200, null),
    ),
    report('LedgerRepository.sums', (db) => ledger.sums(db, day), {
      asks: 'a day',
      reported: true,
      reads: ['deliveries_received_at_idx'],
    }),
    report('LedgerRepository.sums', (db) => ledger.sums(db, always), { asks: 'everything', reported: true }),
    report('LedgerRepository.violations', (db) => ledger.violations(db, day, 100), {
      asks: 'a day',
      reported: true,
      reads: ['deliveries_received_at_idx'],
    }),
    report('LedgerRepository.violations', (db) => ledger.violations(db, always, 100), {
      asks: 'everything',
      reported: true,
    }),
    ...reconciliation(samples),
    ...logs(samples),
  ];
}

function reconciliation(samples: Samples): CataloguedQuery[] {
  const repository = new ReconciliationRepository();
  const { done, changed, uncertain, planned, open } = samples;
  const ids = [...[done, changed, uncertain, planned, open].map(orderIdOf), 'ILNOBODYS'];
  const day = { from: daysAgo(101, samples), to: daysAgo(100, samples) };
  const after = { receivedAt: daysAgo(100.5, samples).toISOString(), position: 1 };
  const reads = ['deliveries_received_at_idx'];
  return [
    operator('ReconciliationRepository.named', (db) => repository.named(db, ids), {
      reads: ['deliveries_of_order_idx', 'effects_order_id_idx'],
    }),
    report('ReconciliationRepository.received', (db) => repository.received(db, day, undefined, 1_000), {
      asks: 'a day',
      reads,
    }),
    report('ReconciliationRepository.received', (db) => repository.received(db, day, after, 1_000), {
      asks: 'the rest of a day',
      reads,
    }),
    report(
      'ReconciliationRepository.received',
      (db) => repository.received(db, { from: null, to: null }, after, 1_000),
      { asks: 'everything since', reads },
    ),
  ];
}

const line: KeptLine = {
  id: newId(),
  loggedAt: '2026-01-05T10:00:00.000Z',
  level: 'warn',
  message: 'a step failed',
  process: 'worker',
  fields: {},
};

function logs(samples: Samples): CataloguedQuery[] {
  const repository = new LogsRepository();
  const { now, changed } = samples;
  const filters: readonly (readonly [
    string,
    Parameters<LogsRepository['findPage']>[1],
    readonly string[],
  ])[] = [
    ['everything', {}, []],
    ['what is grave', { level: { in: ['error'] } }, []],
    ['of an order', { orderId: orderIdOf(changed) }, []],
    ['one story', { correlationId: `delivery-${changed}` }, []],
    ['of a job', { job: 'sync-contact' }, []],
    ['a day', { loggedAt: { gte: daysAgo(1, samples), lt: now } }, []],
  ];
  return [
    hot('LogsRepository.store', (db) => repository.store(db, [line])),
    sweep('LogsRepository.countSince', (db) => repository.countSince(db, daysAgo(0.01, samples))),
    sweep('LogsRepository.makePartitions', (db) => repository.makePartitions(db)),
    sweep('LogsRepository.dropPartition', (db) => repository.dropPartition(db, 90)),
    sweep('LogsRepository.deleteBefore', (db) =>
      repository.deleteBefore(db, daysAgo(90, samples), 1_000, null),
    ),
    ...filters.map(([asks, filter, reads]) =>
      list('LogsRepository.findPage', (db) => repository.findPage(db, filter, firstPage), {
        asks,
        reads,
        reported: true,
      }),
    ),
  ];
}
