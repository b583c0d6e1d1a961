import { describe, expect, it } from '@jest/globals';
import type { OrderFacts } from '@visapi/backend-repositories/orders';
import { orderRule, OrderSpecificationBuilder } from './order.specification.js';
import {
  highValueOrders,
  needingAttention,
  pendingProcessing,
  thisWeeksOrders,
  todaysOrders,
} from './presets.specification.js';

const order: OrderFacts = {
  branch: 'il',
  orderStatus: 'active',
  productCountry: 'india',
  productName: 'India eVisa',
  amount: '498.0000',
  currency: 'ILS',
  clientPhone: '+972501234567',
  clientEmail: 'dana.example@example.test',
  createdAt: new Date('2026-01-05T10:00:00Z'),
  processedAt: null,
  cbbSynced: false,
  whatsappConfirmationSent: false,
  isUrgent: false,
  warnings: ['phone:invalid'],
  review: [],
  whatsappAlertsEnabled: true,
};
const wanted = new OrderSpecificationBuilder();
const ils = (amount: string) => ({ currency: 'ILS', amount });

describe('the builder', () => {
  it.each([
    ['withBranch', wanted.withBranch('IL'), wanted.withBranch('co')],
    ['withBranches', wanted.withBranches(['se', 'il']), wanted.withBranches([])],
    ['withStatus', wanted.withStatus('active'), wanted.withStatus('issue')],
    ['withCountry', wanted.withCountry('india'), wanted.withCountry('uk')],
    ['withProduct', wanted.withProduct('India eVisa'), wanted.withProduct('india evisa')],
    [
      'withAmountGreaterThan',
      wanted.withAmountGreaterThan(ils('497.9999')),
      wanted.withAmountGreaterThan(ils('498')),
    ],
    [
      'withMinAmount',
      wanted.withMinAmount(ils('498')),
      wanted.withMinAmount({ currency: 'USD', amount: '1' }),
    ],
    ['withWhatsAppEnabled', wanted.withWhatsAppEnabled(), wanted.not(wanted.withWhatsAppEnabled().build())],
    [
      'withClientEmail',
      wanted.withClientEmail('Dana.Example@example.test'),
      wanted.withClientEmail('x@example.test'),
    ],
    ['withClientPhone', wanted.withClientPhone('+972501234567'), wanted.withClientPhone('+972')],
    [
      'createdAfter',
      wanted.createdAfter(order.createdAt),
      wanted.createdAfter(new Date('2026-01-05T10:00:00.001Z')),
    ],
    [
      'createdBefore',
      wanted.createdBefore(new Date('2026-01-05T10:00:00.001Z')),
      wanted.createdBefore(order.createdAt),
    ],
    ['unprocessed', wanted.unprocessed(), wanted.not(wanted.unprocessed().build())],
    ['withWarning', wanted.withWarning('phone'), wanted.withWarning('country')],
    [
      'custom',
      wanted.custom(orderRule('urgent', 'eq', false)),
      wanted.custom(orderRule('urgent', 'eq', true)),
    ],
    ['or', wanted.withBranch('co').or(orderRule('branch', 'eq', 'il')), wanted.withBranch('co').or()],
    ['no wish', wanted, wanted.not(wanted.build())],
  ])('%s wants what it says and nothing else', (_, right, wrong) => {
    expect(right.build().isSatisfiedBy(order)).toBe(true);
    expect(wrong.build().isSatisfiedBy(order)).toBe(false);
  });

  it('keeps what was half said as it was', () => {
    const half = wanted.withBranch('il');
    half.withStatus('issue');
    expect(half.build().isSatisfiedBy(order)).toBe(true);
  });

  it('says in words what it wants', () => {
    const words = wanted
      .withBranches(['il', 'co'])
      .withMinAmount(ils('100'))
      .not(orderRule('phone', 'in', [null, '+972501234567']))
      .or(orderRule('processedAt', 'isNull', false), orderRule('urgent', 'ne', true))
      .build()
      .describe();
    expect(words).toBe(
      '(branch is one of "il", "co" and (currency is "ILS" and amount is at least "100") and ' +
        'not (phone is one of empty, "+972501234567")) or processedAt is not empty or urgent is not yes',
    );
    expect(wanted.build().describe()).toBe('everything');
    expect(wanted.createdBefore(order.createdAt).build().describe()).toBe(
      'createdAt is below 2026-01-05T10:00:00.000Z',
    );
  });
});

describe('the presets', () => {
  const since = (now: string, preset: typeof todaysOrders, createdAt: string) =>
    preset(new Date(now)).isSatisfiedBy({ ...order, createdAt: new Date(createdAt) });

  it.each([
    ['in winter', '2026-01-05T12:00:00Z', '2026-01-04T22:00:00Z'],
    ['just after midnight', '2026-01-04T22:00:00Z', '2026-01-04T22:00:00Z'],
    ['just before midnight', '2026-01-05T21:59:59.999Z', '2026-01-04T22:00:00Z'],
    ['in summer', '2026-07-01T00:00:00Z', '2026-06-30T21:00:00Z'],
    // Clocks go from 2:00 to 3:00 on 2026-03-27 and from 2:00 to 1:00 on 2026-10-25.
    ['on the day summer time begins', '2026-03-27T20:00:00Z', '2026-03-26T22:00:00Z'],
    ['on the day it ends', '2026-10-25T12:00:00Z', '2026-10-24T21:00:00Z'],
  ])('todaysOrders begin at midnight in Jerusalem, %s', (_, now, midnight) => {
    expect(since(now, todaysOrders, midnight)).toBe(true);
    const before = new Date(Date.parse(midnight) - 1).toISOString();
    expect(since(now, todaysOrders, before)).toBe(false);
  });

  it.each([
    ['a Sunday', '2026-01-04T12:00:00Z', '2026-01-03T22:00:00Z'],
    ['a Saturday night', '2026-01-10T21:59:59Z', '2026-01-03T22:00:00Z'],
    ['a week whose Friday has 23 hours', '2026-03-28T12:00:00Z', '2026-03-21T22:00:00Z'],
    ['the Sunday that summer time ends', '2026-10-25T12:00:00Z', '2026-10-24T21:00:00Z'],
    ['the Monday after', '2026-10-26T12:00:00Z', '2026-10-24T21:00:00Z'],
  ])('thisWeeksOrders begin on Sunday, seen from %s', (_, now, sunday) => {
    expect(since(now, thisWeeksOrders, sunday)).toBe(true);
    const before = new Date(Date.parse(sunday) - 1).toISOString();
    expect(since(now, thisWeeksOrders, before)).toBe(false);
  });

  it('pendingProcessing are unprocessed and not canceled', () => {
    expect(pendingProcessing().isSatisfiedBy(order)).toBe(true);
    expect(pendingProcessing().isSatisfiedBy({ ...order, orderStatus: null })).toBe(true);
    expect(pendingProcessing().isSatisfiedBy({ ...order, orderStatus: 'canceled' })).toBe(false);
    expect(pendingProcessing().isSatisfiedBy({ ...order, processedAt: new Date() })).toBe(false);
  });

  it('needingAttention are unprocessed for three days, changed in what matters, or odd', () => {
    const plain = { ...order, warnings: [] };
    const threeDaysOn = Date.parse('2026-01-08T10:00:00Z');
    const attention = (facts: OrderFacts, now = threeDaysOn) =>
      needingAttention(new Date(now)).isSatisfiedBy(facts);
    expect(attention(plain)).toBe(false);
    expect(attention(plain, threeDaysOn + 1)).toBe(true);
    expect(attention({ ...plain, processedAt: new Date() }, threeDaysOn + 1)).toBe(false);
    expect(attention({ ...plain, review: ['amount'] })).toBe(true);
    expect(attention(order)).toBe(true);
  });

  it('highValueOrders never compare two currencies', () => {
    expect(highValueOrders(ils('498')).isSatisfiedBy(order)).toBe(true);
    expect(highValueOrders(ils('498.01')).isSatisfiedBy(order)).toBe(false);
    expect(highValueOrders({ currency: 'RUB', amount: '1' }).isSatisfiedBy(order)).toBe(false);
    expect(highValueOrders(ils('1')).isSatisfiedBy({ ...order, amount: null })).toBe(false);
  });
});
