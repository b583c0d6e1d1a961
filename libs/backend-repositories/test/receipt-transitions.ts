import { contactsModel, ordersModel, receiptsModel } from '@visapi/backend-testing';
import { ContactsRepository, newestOrderOf } from '../src/contacts/index.js';
import type { Executor } from '../src/db/database.js';
import { ReceiptsRepository } from '../src/messaging/index.js';
import { followConfirmation, followNotices } from '../src/orders/follow-order.js';
import { vaultOf } from '../src/privacy/vault.js';
import { ids, orderId, phone, type Scene } from './scenes.js';
import { none, nothing, type Transition } from './transition.js';

const receipts = new ReceiptsRepository();
const contacts = new ContactsRepository();
const target = ids.target;
const digits = phone.slice(1);

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
    sql: async (db, { claim }) => await contacts.markSynced(db, { claim, ...held, fields, evidence: {} }),
    model: (journal, now, { claim }) => contactsModel.markSynced(journal, now, claim, synced),
  },
  claimTogether: {
    sql: async (db) => {
      const [claim] = await contacts.claimTogether(db, [target]);
      return told(claim && { ...claim, newest: none });
    },
    // Whose phone is being written is left to be told so alone.
    model: (journal, now) => {
      const [after, claim] = contactsModel.claimContact(journal, now, target);
      return [after, claim === 'busy' ? none : told(claim)];
    },
  },
  markSyncedTogether: {
    sql: async (db, { claim }) =>
      (await contacts.markSyncedTogether(db, [{ claim, ...held, fields, evidence: {} }])).length > 0,
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
const keyOf = async (db: Executor) => await vaultOf(db).keyOf(db, `phone:${phone}`);

/** What a change of an order does to its messages; `applyChange` calls both. */
export const orderTransitions: Readonly<Record<string, Transition>> = {
  'followConfirmation: owed': {
    sql: async (db) =>
      await followConfirmation(db, orderId, await keyOf(db), { ...planned, parameters: words }),
    model: (journal, now) =>
      ordersModel.followConfirmation(journal, now, orderId, { ...planned, parameters: words.toString() }),
  },
  'followConfirmation: withheld': {
    sql: async (db) =>
      await followConfirmation(db, orderId, await keyOf(db), { ...skipped, parameters: null }),
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
