import {
  EffectsRepository,
  endStranded,
  planContact,
  planMessages,
  recoverExpired,
  reopenEffect,
  requeueDue,
  tellOfOrder,
} from '../effects/index.js';
import { idOf, orderIdOf, phoneOf } from './names.js';
import { type CataloguedQuery, hot, operator, sweep } from './query.js';
import { claimOf, evidence, newEffect, newMessage, type Samples } from './samples.js';

export function effectsQueries(samples: Samples): CataloguedQuery[] {
  const effects = new EffectsRepository();
  const claim = claimOf('contact', samples.claimed);
  return [
    hot('EffectsRepository.renew', (db) => effects.renew(db, [claim, claimOf('message', samples.uncertain)])),
    hot('EffectsRepository.release', (db) => effects.release(db, claim, 1_000, 'unavailable', evidence)),
    hot('EffectsRepository.fail', (db) => effects.fail(db, claim, 'refused', evidence), {
      reads: ['effects_pkey', 'effects_order_id_idx'],
    }),
    hot('EffectsRepository.giveUp', (db) => effects.giveUp(db, idOf('contact', samples.planned))),
    hot('EffectsRepository.postpone', (db) =>
      effects.postpone(db, idOf('contact', samples.planned), 1_000, 'parked: cbb'),
    ),
    hot('EffectsRepository.supersede', (db) => effects.supersede(db, claim)),
    hot('EffectsRepository.oweContactAgain', (db) => effects.oweContactAgain(db, phoneOf(samples.done))),
    operator('EffectsRepository.withhold', (db) =>
      effects.withhold(db, idOf('contact', samples.planned), 'branch'),
    ),
    operator('EffectsRepository.ofOrder', (db) => effects.ofOrder(db, orderIdOf(samples.done)), {
      reads: ['effects_order_id_idx'],
    }),
    sweep('recoverExpired', (db) => recoverExpired(db, 100), {
      reads: ['effects_lease_idx'],
    }),
    sweep('requeueDue', (db) => requeueDue(db, 60, 500), {
      reads: ['effects_due_idx'],
    }),
    sweep('endStranded', (db) => endStranded(db, 100), { reads: ['effects_due_idx'] }),
    ...planning(samples),
  ];
}

function planning({ done }: Samples): CataloguedQuery[] {
  const orderId = orderIdOf(done);
  const fact = { type: 'operator.contact-resynced', payload: {} };
  const by = { actor: 'operator:1', correlationId: 'sample' };
  const effect = newEffect('message', done);
  const asked = { ...by, reason: 'the vendor is back' };
  const { effectId: _, orderId: __, ...message } = newMessage(done, effect.id);
  const told = { ...by, pauseMs: 0, facts: [fact] };
  return [
    hot('planMessages', (db) => planMessages(db, orderId, [{ effect, message }], told), {
      answers: [[{ id: effect.id, state: 'planned' }], [{ orderId }], [], [{ id: idOf('contact', done) }]],
    }),
    operator('planContact', (db) => planContact(db, newEffect('contact', done), [fact], by)),
    operator('reopenEffect', (db) => reopenEffect(db, idOf('contact', 1007), asked), {
      answers: [[{ orderId, kind: 'contact', purpose: 'contact' }]],
      reads: ['effects_pkey', 'effects_order_id_idx'],
    }),
    operator('tellOfOrder', (db) => tellOfOrder(db, orderId, [fact], by)),
  ];
}
