import { newId } from '@visapi/backend-kernel';
import {
  IssuesRepository,
  NoticedOrdersRepository,
  PollsRepository,
  VisaRecordsRepository,
} from '../applications/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, report, sweep } from './query.js';
import { afterCursor, firstPage, type Samples } from './samples.js';

export function applicationsQueries(samples: Samples): CataloguedQuery[] {
  return [...issues(samples), ...noticedOrders(samples), ...polls(samples), ...visaRecords(samples)];
}

function issues({ done }: Samples): CataloguedQuery[] {
  const repository = new IssuesRepository();
  const applicantId = `A${done}-1`;
  const hash = Buffer.alloc(32, 1);
  const row = {
    id: newId(),
    applicantId,
    orderId: orderIdOf(done),
    contentHash: hash,
    issues: Buffer.from('[]'),
    phone: phoneOf(done),
    state: 'planned',
    reason: null,
    apiKeyId: null,
    correlationId: 'sample',
  };
  const match = { orderId: orderIdOf(done), state: 'planned', reason: null };
  return [
    hot('IssuesRepository.lockApplicant', (db) => repository.lockApplicant(db, applicantId)),
    hot('IssuesRepository.countRepeat', (db) => repository.countRepeat(db, applicantId, [hash], 86_400), {
      reads: ['applicant_issues_applicant_id_idx'],
    }),
    hot('IssuesRepository.insert', (db) => repository.insert(db, row)),
    sweep('IssuesRepository.matchable', (db) => repository.matchable(db, 100), {
      reads: ['applicant_issues_unmatched_idx', 'order_applicants_applicant_id_idx'],
    }),
    sweep('IssuesRepository.match', (db) => repository.match(db, idOf('issue', 2002), match)),
  ];
}

function noticedOrders({ done }: Samples): CataloguedQuery[] {
  const repository = new NoticedOrdersRepository();
  const orderId = orderIdOf(done);
  return [
    hot('NoticedOrdersRepository.lock', (db) => repository.lock(db, orderId)),
    hot('NoticedOrdersRepository.find', (db) => repository.find(db, orderId)),
    hot('NoticedOrdersRepository.orderOfApplicant', (db) => repository.orderOfApplicant(db, `A${done}-1`), {
      reads: ['order_applicants_applicant_id_idx'],
    }),
    hot('NoticedOrdersRepository.notices', (db) => repository.notices(db, orderId, 'issues'), {
      reads: ['effects_order_id_idx'],
    }),
  ];
}

function polls({ now }: Samples): CataloguedQuery[] {
  const repository = new PollsRepository();
  const name = 'completed-visas';
  const token = newId();
  const bootstrap = { bootstrapBy: 'operator:1', bootstrapReason: 'told by hand', bootstrapAt: now };
  const run = { token, wasRequested: true, ...bootstrap };
  const end = { problem: null, seen: 3, nextInSeconds: 60 };
  return [
    sweep('PollsRepository.claim', (db) => repository.claim(db, name, token, 60)),
    sweep('PollsRepository.renew', (db) => repository.renew(db, name, token)),
    sweep('PollsRepository.finish', (db) => repository.finish(db, name, run, end)),
    operator('PollsRepository.request', (db) =>
      repository.request(db, name, { by: 'operator:1', reason: 'told' }),
    ),
    operator('PollsRepository.state', (db) => repository.state(db, name)),
  ];
}

function visaRecords(samples: Samples): CataloguedQuery[] {
  const repository = new VisaRecordsRepository();
  const { now, done } = samples;
  const recordId = `rec${'901'.padStart(12, '0')}`;
  const seen = [{ recordId, orderId: orderIdOf(901), completedAt: now }];
  const finished = { reason: 'told', by: 'worker', applications: null };
  return [
    sweep('VisaRecordsRepository.see', (db) => repository.see(db, seen)),
    sweep('VisaRecordsRepository.lock', (db) => repository.lock(db, recordId, 86_400)),
    sweep('VisaRecordsRepository.markDone', (db) => repository.markDone(db, recordId, finished)),
    sweep('VisaRecordsRepository.markPending', (db) =>
      repository.markPending(db, recordId, 'no-document', null),
    ),
    operator('VisaRecordsRepository.bootstrap', (db) =>
      repository.bootstrap(db, [recordId], 'operator:1', now),
    ),
    list('VisaRecordsRepository.list', (db) => repository.list(db, {}, firstPage), {
      asks: 'a numbered page',
      reported: true,
    }),
    list('VisaRecordsRepository.list', (db) => repository.list(db, {}, afterCursor(recordId)), {
      asks: 'by cursor',
      reported: true,
    }),
    list('VisaRecordsRepository.list', (db) => repository.list(db, { state: 'pending' }, firstPage), {
      asks: 'those that wait',
      reported: true,
    }),
    list('VisaRecordsRepository.list', (db) => repository.list(db, { orderId: orderIdOf(done) }, firstPage), {
      asks: 'of an order',
      reported: true,
      reads: ['visa_records_order_id_idx'],
    }),
    report('VisaRecordsRepository.counts', (db) => repository.counts(db)),
  ];
}
