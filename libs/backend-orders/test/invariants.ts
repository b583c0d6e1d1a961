import { contactsModel, journalRows } from '@visapi/backend-testing';
import { phones, type Shop } from './shop.js';
import type { World } from './world.js';

type Invariant = (world: World, shop: Shop) => string[];

/** What must hold once everything has come to rest, whatever happened before. Each returns what it finds wrong. */
export const invariants: Readonly<Record<string, Invariant>> = {
  'an order is confirmed once, unless an operator asked for more': ({ journal, sends, asked }) =>
    journal.orders.flatMap(({ orderId }) => {
      const taken = sends.filter((send) => send.orderId === orderId && send.isTaken).length;
      return taken > 1 + (asked.get(orderId) ?? 0) ? [`${orderId} was confirmed ${taken} times`] : [];
    }),

  'every effect ends, or is visibly uncertain': ({ journal }) =>
    journal.effects.filter(({ state }) => state === 'planned' || state === 'claimed').map(name),

  'what nobody has asked the vendor to send does not stay uncertain, unless its worker died': ({
    journal,
    sends,
    plan,
  }) =>
    messages(journal)
      .filter(({ effect: { id, attempt, state } }) => {
        const isAsked = sends.some((send) => send.effectId === id && send.attempt === attempt);
        return state === 'uncertain' && !isAsked && plan.deaths.length === 0;
      })
      .map(({ effect }) => name(effect)),

  'what we call accepted was taken, unless a receipt of somebody else said so': (world) =>
    messages(world.journal)
      .filter(({ effect, message }) => {
        const isInferred = message.binding === 'inferred' && hasStrangers(world);
        return effect.state === 'accepted' && !world.wasTaken(effect.id) && !isInferred;
      })
      .map(({ effect }) => name(effect)),

  'a message that never went out is never delivered or read': (world) =>
    messages(world.journal)
      .filter(({ effect, message }) => {
        const hasArrived = (message.deliveredAt ?? message.readAt) !== null;
        return hasArrived && !world.wasTaken(effect.id) && !hasStrangers(world);
      })
      .map(({ effect }) => name(effect)),

  'one id of the vendor belongs to one message': ({ journal }) => {
    const ids = journal.messages.flatMap(({ providerMessageId }) => providerMessageId ?? []);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
  },

  'a message of unknown outcome is settled by a receipt that names it': ({ journal }) =>
    messages(journal)
      .filter(({ effect, message }) => {
        const isNamed = journal.receipts.some(
          ({ callbackData, recipient }) => callbackData === effect.id && `+${recipient}` === message.phone,
        );
        return effect.state === 'uncertain' && isNamed && message.providerMessageId === null;
      })
      .map(({ effect }) => name(effect)),

  'a lone message of unknown outcome is settled by the receipt of its phone': ({ journal, plan }) =>
    phones.flatMap((phone) => {
      const ofPhone = messages(journal).filter(({ message }) => message.phone === phone);
      const isTold = journal.receipts.some(
        ({ recipient, disowned }) => `+${recipient}` === phone && !disowned,
      );
      const [lone] = ofPhone;
      const isAlone = ofPhone.length === 1 && plan.foreign.length === 0;
      const isOpen = lone?.effect.state === 'uncertain' && lone.effect.attempt === 1;
      return isAlone && isTold && isOpen ? [name(lone.effect)] : [];
    }),

  'the CRM holds the newest values of each phone': (world, shop) =>
    phones.flatMap((phone) => {
      const newest = contactsModel.newestOrderOf(world.journal, phone);
      const contact = newest && journalRows.newestContact(world.journal, newest.orderId);
      if (!newest || contact?.state !== 'accepted') return [];
      const [held, wanted] = [world.crm.get(phone), shop.valuesOf(newest)];
      return held === wanted ? [] : [`${phone} holds ${String(held)} instead of ${wanted}`];
    }),

  'an order is flagged as told exactly when a confirmation of it counts as accepted': ({ journal }) =>
    journal.orders.flatMap(({ orderId, whatsappConfirmationSent }) => {
      const isTold = journal.effects.some(
        (effect) =>
          effect.orderId === orderId && effect.purpose === 'confirmation' && effect.state === 'accepted',
      );
      return isTold === whatsappConfirmationSent
        ? []
        : [`${orderId} says ${String(whatsappConfirmationSent)}`];
    }),
};

/** Receipts that name none of our messages. */
function hasStrangers(world: World): boolean {
  return world.plan.foreign.length > 0;
}

function messages(journal: journalRows.Journal) {
  return journal.messages.flatMap((message) => {
    const effect = journalRows.effectOf(journal, message.effectId);
    return effect ? [{ effect, message }] : [];
  });
}

function name({ id, state, attempt }: journalRows.EffectRecord): string {
  return `${id} is ${state} (attempt ${attempt})`;
}
