import {
  contactsModel,
  effectsModel,
  journalRows,
  messagesModel,
  ordersModel,
  receiptsModel,
} from '@visapi/backend-testing';
import { ContactsRepository, newestOrderOf } from '../src/contacts/index.js';
import type { Executor } from '../src/db/database.js';
import {
  EffectsRepository,
  endStranded,
  planContact,
  planMessages,
  reopenEffect,
} from '../src/effects/index.js';
import {
  lockToSettle,
  MessagesRepository,
  ReceiptsRepository,
  settleAsNotSent,
  settleAsSent,
} from '../src/messaging/index.js';
import { followConfirmation, followNotices } from '../src/orders/follow-order.js';
import { ids, orderId, phone, type Scene } from './scenes.js';

type Journal = journalRows.Journal;

/** One method of a repository and what the model says of it. Both answer in the same words. */
export interface Transition {
  readonly sql: (executor: Executor, scene: Scene) => Promise<unknown>;
  readonly model: (journal: Journal, now: number, scene: Scene) => journalRows.Step<unknown>;
}

const effects = new EffectsRepository();
const messages = new MessagesRepository();
const receipts = new ReceiptsRepository();
const contacts = new ContactsRepository();
const target = ids.target;
const digits = phone.slice(1);
const staleAfterSeconds = 3 * 3_600;

const sorted = (rows: readonly { id: string }[] | readonly string[]) =>
  rows.map((row) => (typeof row === 'string' ? row : row.id)).sort();
const none = undefined;
const nothing = (journal: Journal, answer: unknown): journalRows.Step<unknown> => [journal, answer];

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
    sql: async (db) =>
      (await effects.recoverExpired(db, 100)).map(({ id, state }) => `${id} ${state}`).sort(),
    model: (journal, now) => {
      const [after, rows] = effectsModel.recoverExpired(journal, now);
      return [after, rows.map(({ id, state }) => `${id} ${state}`).sort()];
    },
  },
  requeueDue: {
    sql: async (db) => sorted(await effects.requeueDue(db, 10, 100)),
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

const refused = { otherwise: 'failed', reason: 'http-400', delayMs: 0, counts: false } as const;
const busy = { otherwise: 'planned', reason: 'http-429', delayMs: 60_000, counts: true } as const;

export const messageTransitions: Readonly<Record<string, Transition>> = {
  claim: {
    sql: async (db) => {
      const claim = await messages.claim(db, target, ids.fresh, staleAfterSeconds);
      return claim && { attempt: claim.attempt, phone: claim.phone, parameters: claim.parameters.toString() };
    },
    model: (journal, now) => {
      const [claimed, isClaimed] = messagesModel.claimMessage(
        journal,
        now,
        target,
        ids.fresh,
        staleAfterSeconds,
      );
      const claim = messagesModel.readClaim(claimed, target, ids.fresh);
      if (!isClaimed) return [journal, none];
      if (!claim) return messagesModel.unclaim(claimed, now, target, ids.fresh);
      return [claimed, { attempt: claim.attempt, phone: claim.phone, parameters: claim.parameters }];
    },
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
    sql: async (db, { claim }) => await messages.markAccepted(db, claim, {}),
    model: (journal, now, { claim }) => messagesModel.markAccepted(journal, now, claim),
  },
  markUncertain: {
    sql: async (db, { claim }) => await messages.markUncertain(db, claim, 'time-out', {}),
    model: (journal, now, { claim }) => messagesModel.markUncertain(journal, now, claim, 'time-out'),
  },
  lockToSettle: {
    sql: async (db) => await lockToSettle(db, target),
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

const added = {
  ...{ providerMessageId: 'wamid.other0', status: 'read', occurredAt: 1_780_000_000_000, recipient: digits },
  ...{ callbackData: null, errorCode: null },
};

/** All receipts of the scene, tied to the target whether or not they are bound to it. */
const allReceipts = ({ journal }: Scene) =>
  journal.receipts.map(({ position }) => ({ messageId: target, receiptPosition: position }));

export const receiptTransitions: Readonly<Record<string, Transition>> = {
  append: {
    sql: async (db) => {
      const receipt = {
        ...added,
        occurredAt: new Date(added.occurredAt),
        phoneNumberId: null,
        pricing: none,
      };
      await receipts.append(db, ids.fresh, [receipt, receipt]);
    },
    model: (journal, now) => receiptsModel.appendReceipts(journal, now, [added, added]),
  },
  unmatched: {
    sql: async (db) => (await receipts.unmatched(db, [digits])).map(({ position }) => Number(position)),
    model: (journal, now) =>
      nothing(
        journal,
        receiptsModel.unmatched(journal, now, [digits]).map(({ position }) => position),
      ),
  },
  unmatchedPhones: {
    sql: async (db) => [
      await receipts.unmatchedPhones(db, 100),
      await receipts.unmatchedPhones(db, 100, target),
    ],
    model: (journal, now) =>
      nothing(
        journal,
        [null, target].map((id) => receiptsModel.unmatchedPhones(journal, now, id)),
      ),
  },
  boundMessages: {
    sql: async (db) => [...(await receipts.boundMessages(db, ['wamid.target']))],
    model: (journal) => nothing(journal, [...receiptsModel.boundMessages(journal, ['wamid.target'])]),
  },
  candidates: {
    sql: async (db) => (await receipts.candidates(db, digits)).map(({ id, state }) => [id, state]),
    model: (journal) =>
      nothing(
        journal,
        receiptsModel.candidates(journal, digits).map(({ id, state }) => [id, state]),
      ),
  },
  bind: {
    sql: async (db) => await receipts.bind(db, target, 'wamid.new', 'inferred'),
    model: (journal) => receiptsModel.bind(journal, target, 'wamid.new', 'inferred'),
  },
  apply: {
    sql: async (db, scene) =>
      (await receipts.apply(db, allReceipts(scene))).map(({ messageId, settled, failedCode }) => [
        messageId,
        settled,
        failedCode,
      ]),
    model: (journal, now, scene) => {
      const [after, moved] = receiptsModel.applyReceipts(journal, now, allReceipts(scene));
      return [after, moved.map(({ messageId, settled, failedCode }) => [messageId, settled, failedCode])];
    },
  },
};

const synced = { phone, version: `${orderId}@2`, cbbContactId: 'cbb-9', confirmedFields: ['email', 'sex'] };
const { confirmedFields: fields, ...held } = synced;

function told(claim: contactsModel.ClaimedContact | 'busy' | undefined) {
  if (claim === none || claim === 'busy') return claim;
  const { attempt, lane, version, cbbContactId, confirmedFields, olderFields } = claim;
  return { attempt, lane, version, cbbContactId, confirmedFields, olderFields };
}

export const contactTransitions: Readonly<Record<string, Transition>> = {
  claim: {
    sql: async (db) => {
      const claim = await contacts.claim(db, target);
      return claim === 'busy' ? claim : told(claim && { ...claim, newest: none });
    },
    model: (journal, now) => {
      const [after, claim] = contactsModel.claimContact(journal, now, target);
      return [after, told(claim)];
    },
  },
  recordProgress: {
    sql: async (db, { claim }) => await contacts.recordProgress(db, claim, { ...held, fields }),
    model: (journal, _now, { claim }) => contactsModel.recordProgress(journal, claim, synced),
  },
  markSynced: {
    sql: async (db, { claim }) => await contacts.markSynced(db, claim, { ...held, fields, evidence: {} }),
    model: (journal, now, { claim }) => contactsModel.markSynced(journal, now, claim, synced),
  },
  newestOrderOf: {
    sql: async (db) => (await newestOrderOf(db, phone))?.newestOrderId,
    model: (journal) => nothing(journal, contactsModel.newestOrderOf(journal, phone)?.orderId),
  },
};

const planned = { state: 'planned', reason: null, phone: '+972501000008' } as const;
const skipped = { state: 'skipped', reason: 'canceled', phone: null } as const;
const words = Buffer.from('["changed"]');

/** What a change of an order does to its messages; `applyChange` calls both. */
export const orderTransitions: Readonly<Record<string, Transition>> = {
  'followConfirmation: owed': {
    sql: async (db) => await followConfirmation(db, orderId, { ...planned, parameters: words }),
    model: (journal, now) =>
      ordersModel.followConfirmation(journal, now, orderId, { ...planned, parameters: words.toString() }),
  },
  'followConfirmation: withheld': {
    sql: async (db) => await followConfirmation(db, orderId, { ...skipped, parameters: null }),
    model: (journal, now) =>
      ordersModel.followConfirmation(journal, now, orderId, { ...skipped, parameters: null }),
  },
  'followNotices: owed': {
    sql: async (db) => await followNotices(db, orderId, planned),
    model: (journal, now) => ordersModel.followNotices(journal, now, orderId, planned),
  },
  'followNotices: withheld': {
    sql: async (db) => await followNotices(db, orderId, skipped),
    model: (journal, now) => ordersModel.followNotices(journal, now, orderId, skipped),
  },
};
