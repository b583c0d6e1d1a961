import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { decideConfirmation, decideContact } from './confirmation.js';
import { readOrder } from './order.js';

const orderId = 'IL260105IN10';
const decide = (changes: Record<string, unknown> = {}) =>
  decideConfirmation(readOrder(viziOrder(changes), orderId), orderId);
const parametersOf = (changes: Record<string, unknown>) => {
  const decision = decide(changes);
  return decision.state === 'planned' ? decision.parameters : decision.reason;
};

describe('the confirmation of an order', () => {
  it('tells the master order in its eight parameters', () => {
    expect(decide()).toEqual({
      state: 'planned',
      phone: '+972500000001',
      parameters: ['דנה לדוגמה', 'הודו', '🇮🇳', orderId, 'תיירות, רב פעמית, לשנה', '2', '498', '3'],
    });
  });

  it.each([
    ['another branch (V02)', { order: { branch: 'co' } }, 'branch'],
    ['an unknown branch', { order: { branch: 'de' } }, 'branch'],
    ['no valid phone (V10)', { form: { client: { phone: null } } }, 'invalid-phone'],
    ['no consent (V12)', { form: { client: { whatsappAlertsEnabled: undefined } } }, 'no-consent'],
    ['consent withdrawn (V13)', { form: { client: { whatsappAlertsEnabled: false } } }, 'no-consent'],
    ['a canceled order', { order: { status: 'canceled' } }, 'canceled'],
    ['a canceled order in capitals', { order: { status: 'CANCELED' } }, 'canceled'],
    ['a canceled order in British spelling', { order: { status: 'cancelled' } }, 'canceled'],
    ['an unknown country (V21)', { form: { country: 'atlantis' } }, 'untranslatable'],
    ['an unknown validity', { form: { product: { validity: '7_moons' } } }, 'untranslatable'],
    ['an unknown kind of document', { form: { product: { docType: 'scroll' } } }, 'untranslatable'],
    ['another currency', { order: { currency: 'USD' } }, 'untranslatable'],
    ['no amount', { order: { amount: null } }, 'untranslatable'],
    ['an amount of less than an agora', { order: { amount: 498.005 } }, 'untranslatable'],
    ['a wait that nobody sells', { form: { product: { wait: 400 } } }, 'untranslatable'],
    ['an unknown quantity', { form: { quantity: 'many' } }, 'untranslatable'],
    ['unknown business days', { form: { urgency: 'warp' } }, 'untranslatable'],
  ])('is withheld for %s', (_name, changes, reason) => {
    expect(decide(changes)).toEqual({ state: 'skipped', reason });
  });

  it.each(['not canceled', 'canceled?', 'cancel', null])('is sent where the status is %j', (status) => {
    expect(decide({ order: { status } }).state).toBe('planned');
  });

  it('is withheld where its number holds nothing that can be shown', () => {
    const order = readOrder(viziOrder(), orderId);
    expect(decideConfirmation(order, '\u200e')).toEqual({ state: 'skipped', reason: 'untranslatable' });
  });

  it('greets a customer without a name politely', () => {
    expect(parametersOf({ form: { client: { name: ' ' } } })).toContain('לקוח יקר');
  });

  it.each(['\u200e', '\u202e\u2066', '\u0007'])(
    'greets politely a customer whose name shows nothing: %j',
    (name) => {
      expect(parametersOf({ form: { client: { name } } })).toContain('לקוח יקר');
    },
  );

  it('keeps a Latin word of a Hebrew name at its place, and leaves other names as they are', () => {
    const nameOf = (name: string) => parametersOf({ form: { client: { name } } })[0];
    expect(nameOf('דנה Smith')).toBe('דנה \u2068Smith\u2069');
    for (const name of ['Dana Smith', 'דנה לדוגמה', 'Дана Пример']) expect(nameOf(name)).toBe(name);
  });

  it('flattens what a template cannot hold', () => {
    expect(parametersOf({ form: { client: { name: 'דנה\n\tלדוגמה      כהן' } } })[0]).toBe('דנה לדוגמה כהן');
  });

  it.each([
    [0, '0'],
    [1234.5, '1234.5'],
    [500, '500'],
    ['498', '498'],
  ])('prints the amount %j as %s', (amount, printed) => {
    expect(parametersOf({ order: { amount } })[6]).toBe(printed);
  });

  it('tells the quantity of the form when applicants differ (V27)', () => {
    expect(parametersOf({ form: { quantity: 3 } })[5]).toBe('3');
  });
});

describe('the contact of an order', () => {
  const contact = (changes: Record<string, unknown>) => decideContact(readOrder(viziOrder(changes), orderId));

  it('is written without consent, for a canceled order and for an unknown country: the CRM shows them', () => {
    for (const changes of [
      { form: { client: { whatsappAlertsEnabled: false } } },
      { order: { status: 'canceled' } },
      { form: { country: 'atlantis' } },
    ])
      expect(contact(changes)).toEqual({ state: 'planned', phone: '+972500000001' });
  });

  it('is not written for another branch or without a phone', () => {
    expect(contact({ order: { branch: 'se' } })).toEqual({ state: 'skipped', reason: 'branch' });
    expect(contact({ form: { client: { phone: {} } } })).toEqual({
      state: 'skipped',
      reason: 'invalid-phone',
    });
  });
});
