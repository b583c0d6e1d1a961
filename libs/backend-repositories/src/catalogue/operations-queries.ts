import { newId } from '@visapi/backend-kernel';
import type { KeptLine } from '@visapi/backend-observability';
import {
  HealthRepository,
  LedgerRepository,
  LogsRepository,
  OverdueRepository,
} from '../operations/index.js';
import { orderIdOf } from './names.js';
import { type CataloguedQuery, hot, list, report, sweep } from './query.js';
import { daysAgo, firstPage, type Samples } from './samples.js';

export function operationsQueries(samples: Samples): CataloguedQuery[] {
  const health = new HealthRepository();
  const overdue = new OverdueRepository();
  const ledger = new LedgerRepository();
  const always = { from: null, to: null };
  const day = { from: daysAgo(101, samples), to: daysAgo(100, samples) };
  return [
    hot('HealthRepository.ping', (db) => health.ping(db)),
    sweep('HealthRepository.tryLock', (db) => health.tryLock(db, 'sweep')),
    sweep('HealthRepository.oldestUndispatched', (db) => health.oldestUndispatched(db), {
      reads: ['events_undispatched_idx'],
    }),
    sweep('HealthRepository.attention', (db) => health.attention(db)),
    sweep('OverdueRepository.announceOrders', (db) => overdue.announceOrders(db, 300, 500)),
    sweep('OverdueRepository.endEpisodes', (db) => overdue.endEpisodes(db, 500)),
    sweep('OverdueRepository.announceDeliveries', (db) => overdue.announceDeliveries(db, 300, 500)),
    report('LedgerRepository.sums', (db) => ledger.sums(db, day), { asks: 'a day' }),
    report('LedgerRepository.sums', (db) => ledger.sums(db, always), { asks: 'everything' }),
    report('LedgerRepository.violations', (db) => ledger.violations(db, day, 100), { asks: 'a day' }),
    report('LedgerRepository.violations', (db) => ledger.violations(db, always, 100), { asks: 'everything' }),
    ...logs(samples),
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
