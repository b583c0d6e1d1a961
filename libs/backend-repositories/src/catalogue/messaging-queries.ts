import { newId } from '@visapi/backend-kernel';
import {
  lockToSettle,
  type MessageFilter,
  MessageListsRepository,
  MessagesRepository,
  ReceiptsRepository,
  settleAsNotSent,
  settleAsSent,
} from '../messaging/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, list, operator, sweep } from './query.js';
import { afterCursor, claimOf, evidence, firstPage, type Samples } from './samples.js';

export function messagingQueries(samples: Samples): CataloguedQuery[] {
  return [...sending(samples), ...receipts(samples), ...lists(samples), ...settling(samples)];
}

function sending({ ready, uncertain }: Samples): CataloguedQuery[] {
  const messages = new MessagesRepository();
  const claim = claimOf('message', uncertain);
  const token = newId();
  return [
    hot('MessagesRepository.claim', (db) => messages.claim(db, idOf('message', ready), token, 86_400), {
      reads: ['effects_pkey', 'effects_order_id_idx', 'orders_pkey', 'deliveries_of_order_idx'],
    }),
    hot(
      'MessagesRepository.claimTogether',
      (db) => messages.claimTogether(db, [{ effectId: idOf('message', ready), token }], 86_400),
      { reads: ['effects_pkey', 'effects_order_id_idx', 'orders_pkey', 'deliveries_of_order_idx'] },
    ),
    hot('MessagesRepository.unclaim', (db) => messages.unclaim(db, idOf('message', ready), token)),
    hot('MessagesRepository.release', (db) => messages.release(db, claim, 1_000, 'unavailable', evidence), {
      reads: ['effects_pkey', 'messages_pkey', 'receipts_message_id_idx', 'orders_pkey'],
    }),
    hot('MessagesRepository.fail', (db) => messages.fail(db, claim, 'meta-131026', evidence)),
    hot('MessagesRepository.markUncertain', (db) => messages.markUncertain(db, claim, 'timed-out', evidence)),
    hot('MessagesRepository.markAccepted', (db) => messages.markAccepted(db, claim, evidence), {
      reads: ['effects_pkey', 'orders_pkey', 'receipts_unmatched_idx'],
    }),
    hot(
      'MessagesRepository.markAcceptedTogether',
      (db) => messages.markAcceptedTogether(db, [{ claim, evidence }]),
      { reads: ['effects_pkey', 'orders_pkey', 'receipts_unmatched_idx'] },
    ),
    sweep('MessagesRepository.skipStale', (db) => messages.skipStale(db, 86_400), {
      reads: ['effects_due_idx', 'orders_pkey'],
    }),
  ];
}

function receipts({ done, now, orders }: Samples): CataloguedQuery[] {
  const repository = new ReceiptsRepository();
  const digits = phoneOf(done).slice(1);
  const wamid = `wamid.${done}.1`;
  const receipt = {
    providerMessageId: 'wamid.sample',
    status: 'sent',
    occurredAt: now,
    recipient: digits,
    phoneNumberId: '100200300',
    callbackData: idOf('message', done),
    errorCode: null,
    pricing: { billable: true },
  };
  const bound = [{ messageId: idOf('message', done), receiptPosition: orders }];
  return [
    hot('ReceiptsRepository.append', (db) => repository.append(db, idOf('receipts', done), [receipt])),
    hot('ReceiptsRepository.lockPhones', (db) => repository.lockPhones(db, [digits])),
    hot('ReceiptsRepository.unmatched', (db) => repository.unmatched(db, [digits]), {
      reads: ['receipts_unmatched_idx'],
    }),
    sweep('ReceiptsRepository.unmatchedPhones', (db) => repository.unmatchedPhones(db, 100), { asks: 'any' }),
    hot(
      'ReceiptsRepository.unmatchedPhones',
      (db) => repository.unmatchedPhones(db, 1, idOf('message', done)),
      {
        asks: 'of a message',
      },
    ),
    hot('ReceiptsRepository.boundMessages', (db) => repository.boundMessages(db, [wamid]), {
      reads: ['messages_provider_message_id_key'],
    }),
    hot('ReceiptsRepository.candidates', (db) => repository.candidates(db, digits), {
      reads: ['messages_unbound_phone_idx', 'effects_pkey'],
    }),
    hot('ReceiptsRepository.bind', (db) =>
      repository.bind(db, idOf('message', 1213), 'wamid.sample', 'inferred'),
    ),
    hot('ReceiptsRepository.apply', (db) => repository.apply(db, bound), {
      reads: ['receipts_pkey', 'effects_pkey', 'orders_pkey'],
    }),
    operator('ReceiptsRepository.ofOrder', (db) => repository.ofOrder(db, orderIdOf(done)), {
      reads: ['messages_order_id_idx', 'receipts_message_id_idx'],
    }),
  ];
}

function lists({ done, orders }: Samples): CataloguedQuery[] {
  const messages = new MessageListsRepository();
  const filters: readonly (readonly [string, MessageFilter, readonly string[]])[] = [
    ['everything', {}, ['messages_pkey', 'effects_pkey']],
    ['of an order', { orderId: orderIdOf(done) }, ['messages_order_id_idx']],
    ['of a phone', { phone: phoneOf(done) }, ['messages_phone_idx']],
    ['of unknown outcome', { status: 'uncertain' }, []],
    ['failed', { status: 'failed' }, []],
    ['that wait', { status: 'planned' }, []],
    ['that were read', { status: 'read' }, []],
    ['of a template', { template: 'issues_found' }, []],
    ['of a template that nobody was sent', { template: 'visa_sent' }, []],
  ];
  const one = operator('MessageListsRepository.find', (db) => messages.find(db, idOf('message', done)));
  const pages = filters.flatMap(([asks, filter, reads]) => [
    list('MessageListsRepository.list', (db) => messages.list(db, filter, firstPage), {
      asks: `${asks}, a numbered page`,
      reported: true,
    }),
    list(
      'MessageListsRepository.list',
      (db) => messages.list(db, filter, afterCursor(idOf('message', orders - 100))),
      {
        asks: `${asks}, by cursor`,
        reported: true,
        reads,
      },
    ),
  ]);
  return [one, ...pages];
}

function settling({ uncertain }: Samples): CataloguedQuery[] {
  const id = idOf('message', uncertain);
  return [
    operator('lockToSettle', (db) => lockToSettle(db, id)),
    operator('settleAsSent', (db) => settleAsSent(db, id), { reads: ['effects_pkey', 'orders_pkey'] }),
    operator('settleAsNotSent', (db) => settleAsNotSent(db, id), {
      reads: ['effects_pkey', 'messages_pkey'],
    }),
  ];
}
