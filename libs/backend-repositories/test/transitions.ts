import { effectsModel, messagesModel, ordersModel } from '@visapi/backend-testing';
import {
  EffectsRepository,
  endStranded,
  planContact,
  planMessages,
  recoverExpired,
  reopenEffect,
  requeueDue,
} from '../src/effects/index.js';
import {
  lockToSettle,
  type MarkedMessage,
  type MessageClaim,
  MessagesRepository,
  settleAsNotSent,
  settleAsSent,
} from '../src/messaging/index.js';
import { ids, orderId, phone } from './scenes.js';
import { none, nothing, type Transition } from './transition.js';

const effects = new EffectsRepository();
const messages = new MessagesRepository();
const target = ids.target;
const staleAfterSeconds = 3 * 3_600;

const sorted = (rows: readonly { id: string }[] | readonly string[]) =>
  rows.map((row) => (typeof row === 'string' ? row : row.id)).sort();

export const effectTransitions: Readonly<Record<string, Transition>> = {
  renew: {
    sql: async (db, { claim }) => await effects.renew(db, [claim]),
    model: (journal, now, { claim }) => effectsModel.renew(journal, now, [claim]),
  },
  postpone: {
    sql: async (db) => await effects.postpone(db, target, 60_000, 'maintenance'),
    model: (journal, now) => effectsModel.postpone(journal, now, target, 60_000, 'maintenance'),
  },
  release: {
    sql: async (db, { claim }) => await effects.release(db, claim, 60_000, 'http-429', {}, true),
    model: (journal, now, { claim }) =>
      effectsModel.release(journal, now, claim, { delayMs: 60_000, reason: 'http-429', counts: true }),
  },
  fail: {
    sql: async (db, { claim }) => await effects.fail(db, claim, 'field-refused', {}),
    model: (journal, now, { claim }) => effectsModel.fail(journal, now, claim, 'field-refused'),
  },
  withhold: {
    sql: async (db) => await effects.withhold(db, target, 'off'),
    model: (journal, now) => effectsModel.withhold(journal, now, target, 'off'),
  },
  giveUp: {
    sql: async (db) => await effects.giveUp(db, target),
    model: (journal, now) => effectsModel.giveUp(journal, now, target),
  },
  reopenEffect: {
    sql: async (db) => await reopenEffect(db, target, { ...by, reason: 'the code is mended' }),
    model: (journal, now) => effectsModel.reopenEffect(journal, now, target),
  },
  supersede: {
    sql: async (db, { claim }) => await effects.supersede(db, claim),
    model: (journal, now, { claim }) => effectsModel.supersede(journal, now, claim),
  },
  recoverExpired: {
    sql: async (db) => (await recoverExpired(db, 100)).map(({ id, state }) => `${id} ${state}`).sort(),
    model: (journal, now) => {
      const [after, rows] = effectsModel.recoverExpired(journal, now);
      return [after, rows.map(({ id, state }) => `${id} ${state}`).sort()];
    },
  },
  requeueDue: {
    sql: async (db) => sorted(await requeueDue(db, 10, 100)),
    model: (journal, now) => {
      const [after, rows] = effectsModel.requeueDue(journal, now, 10);
      return [after, sorted(rows)];
    },
  },
  oweContactAgain: {
    sql: async (db) => await effects.oweContactAgain(db, phone),
    model: (journal, now) => effectsModel.oweContactAgain(journal, now, phone),
  },
  endStranded: {
    sql: async (db) => (await endStranded(db, 100)).map(({ state }) => state).sort(),
    model: (journal, now) => {
      const [after, rows] = effectsModel.endStranded(journal, now);
      return [after, rows.map(({ state }) => state).sort()];
    },
  },
  planContact: {
    sql: async (db) => await planContact(db, newContact, [{ type: 'operator.synced', payload: {} }], by),
    model: (journal, now) => {
      const [planned] = ordersModel.planContact(journal, now, newContact);
      return [planned, none];
    },
  },
  planMessages: {
    sql: async (db) => sorted(await planMessages(db, orderId, newMessages, { ...by, pauseMs: 15_000 })),
    model: (journal, now) => {
      const plan = { pauseMs: 15_000, contactId: ids.fresh };
      const [after, rows] = ordersModel.planMessages(journal, now, orderId, modelledMessages(now), plan);
      return [after, sorted(rows)];
    },
  },
};

const by = { actor: 'test', correlationId: 'conformance' };
const newContact = {
  ...{
    id: ids.planned,
    kind: 'contact',
    purpose: 'contact',
    semanticKey: 'contact:new',
    orderId,
    lane: phone,
  },
  ...{ state: 'planned', reason: null, correlationId: 'conformance' },
};
/** The second one is known whenever the scene has a sibling. */
const plannedKeys = [
  [ids.planned, 'message:new'],
  [ids.second, 'message:sibling'],
] as const;
const newMessages = plannedKeys.map(([id, semanticKey]) => ({
  effect: { ...newContact, id, semanticKey, kind: 'message', purpose: 'visa' },
  message: { template: 'visa', language: 'he', phone, parameters: Buffer.from('[]') },
}));
const modelledMessages = (now: number) =>
  plannedKeys.map(([id, semanticKey]) => ({
    effect: {
      ...ordersModel.owed(now),
      id,
      semanticKey,
      kind: 'message',
      purpose: 'visa',
      orderId,
      lane: phone,
    } as const,
    message: ordersModel.worded(id, phone, '[]'),
  }));

const toldOf = (claim: MessageClaim | undefined) =>
  claim && { attempt: claim.attempt, phone: claim.phone, parameters: claim.parameters.toString() };

const claimModel: Transition['model'] = (journal, now) => {
  const [claimed, isClaimed] = messagesModel.claimMessage(journal, now, target, ids.fresh, staleAfterSeconds);
  const claim = messagesModel.readClaim(claimed, target, ids.fresh);
  if (!isClaimed) return [journal, none];
  if (!claim) return messagesModel.unclaim(claimed, now, target, ids.fresh);
  return [claimed, { attempt: claim.attempt, phone: claim.phone, parameters: claim.parameters }];
};

const acceptModel: Transition['model'] = (journal, now, { claim }) =>
  messagesModel.markAccepted(journal, now, claim);

const waiting = (marked: MarkedMessage | undefined) => marked && { receiptsWait: marked.receiptsWait };

const refused = { otherwise: 'failed', reason: 'http-400', delayMs: 0, counts: false } as const;
const busy = { otherwise: 'planned', reason: 'http-429', delayMs: 60_000, counts: true } as const;

export const messageTransitions: Readonly<Record<string, Transition>> = {
  claim: {
    sql: async (db) => toldOf(await messages.claim(db, target, ids.fresh, staleAfterSeconds)),
    model: claimModel,
  },
  claimTogether: {
    sql: async (db) => {
      const asked = [{ effectId: target, token: ids.fresh }];
      return toldOf((await messages.claimTogether(db, asked, staleAfterSeconds))[0]);
    },
    model: claimModel,
  },
  unclaim: {
    sql: async (db, { token }) => await messages.unclaim(db, target, token),
    model: (journal, now, { token }) => messagesModel.unclaim(journal, now, target, token),
  },
  release: {
    sql: async (db, { claim }) => await messages.release(db, claim, 60_000, 'http-429', {}, true),
    model: (journal, now, { claim }) =>
      messagesModel.giveBack(journal, now, messagesModel.heldBy(claim), busy),
  },
  fail: {
    sql: async (db, { claim }) => await messages.fail(db, claim, 'http-400', {}),
    model: (journal, now, { claim }) =>
      messagesModel.giveBack(journal, now, messagesModel.heldBy(claim), refused),
  },
  skipStale: {
    sql: async (db) => sorted(await messages.skipStale(db, staleAfterSeconds)),
    model: (journal, now) => {
      const [after, rows] = messagesModel.skipStale(journal, now, staleAfterSeconds);
      return [after, sorted(rows)];
    },
  },
  markAccepted: {
    sql: async (db, { claim }) => waiting(await messages.markAccepted(db, claim, {})),
    model: acceptModel,
  },
  markAcceptedTogether: {
    sql: async (db, { claim }) =>
      waiting((await messages.markAcceptedTogether(db, [{ claim, evidence: {} }]))[0]),
    model: acceptModel,
  },
  markUncertain: {
    sql: async (db, { claim }) => await messages.markUncertain(db, claim, 'time-out', {}),
    model: (journal, now, { claim }) => messagesModel.markUncertain(journal, now, claim, 'time-out'),
  },
  lockToSettle: {
    sql: async (db) => {
      const found = await lockToSettle(db, target);
      // When the attempt began and what it left behind is for the history; nothing is decided by it.
      const { orderId, state, purpose, mayBeAnswered } = found ?? {};
      return found && { orderId, state, purpose, mayBeAnswered };
    },
    model: (journal, now) => nothing(journal, messagesModel.lockToSettle(journal, now, target)),
  },
  settleAsSent: {
    sql: async (db) => await settleAsSent(db, target),
    model: (journal, now) => messagesModel.settleAsSent(journal, now, target),
  },
  settleAsNotSent: {
    sql: async (db) => await settleAsNotSent(db, target),
    model: (journal, now) => messagesModel.settleAsNotSent(journal, now, target),
  },
};
