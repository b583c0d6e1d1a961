import { describe, expect, it } from '@jest/globals';
import { decideNotice, followedNotices, type NoticedOrder } from './notice.js';

const order = (changes: Partial<NoticedOrder> = {}): NoticedOrder => ({
  branch: 'il',
  clientPhone: '+972500000001',
  orderStatus: 'active',
  whatsappAlertsEnabled: true,
  productCountry: 'india',
  ...changes,
});
const withheld: [string, Partial<NoticedOrder>, string][] = [
  ['another branch', { branch: 'se' }, 'branch'],
  ['no phone', { clientPhone: null }, 'invalid-phone'],
  ['no consent', { whatsappAlertsEnabled: false }, 'no-consent'],
  ['a canceled order', { orderStatus: 'Cancelled' }, 'canceled'],
  ['an unknown country', { productCountry: 'atlantis' }, 'untranslatable'],
  ['no country', { productCountry: null }, 'untranslatable'],
];

describe('a notice about an order', () => {
  it("goes to the order's customer, in the country's Hebrew name", () => {
    const told = { state: 'planned', phone: '+972500000001', country: 'הודו' };
    expect(decideNotice(order())).toEqual(told);
    expect(decideNotice(order({ orderStatus: null }))).toEqual(told);
  });

  it.each(withheld)('is withheld for %s', (_name, changes, reason) => {
    expect(decideNotice(order(changes))).toEqual({ state: 'skipped', reason });
  });

  it('goes to a phone that somebody named, whatever the customer said, but never without a country', () => {
    const named = '+972500000009';
    for (const [, changes, reason] of withheld)
      expect(decideNotice(order(changes), named)).toEqual(
        reason === 'untranslatable'
          ? { state: 'skipped', reason }
          : { state: 'planned', phone: named, country: 'הודו' },
      );
  });
});

describe('a notice that nobody has taken yet, after its order changed', () => {
  it('goes to the phone that the order has now', () => {
    expect(followedNotices(order({ clientPhone: '+972500000002' }))).toEqual({
      state: 'planned',
      reason: null,
      phone: '+972500000002',
    });
  });

  it.each(withheld)('is withheld for %s', (_name, changes, reason) => {
    expect(followedNotices(order(changes))).toEqual({ state: 'skipped', reason, phone: null });
  });
});
