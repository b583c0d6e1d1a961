import { describe, expect, it } from '@jest/globals';
import type { OrderRow } from '@visapi/backend-repositories/orders';
import { viziOrder } from '@visapi/backend-testing';
import { changedFields, changeKind, reviewFields } from './change.js';
import { readOrder } from './order.js';

const content = (changes: Record<string, unknown> = {}) => readOrder(viziOrder(changes), 'IL260105IN10');
/** As the database gives it back. */
const row = () => ({ ...content(), amount: '498.0000' }) as OrderRow;

describe('what a later delivery changes', () => {
  it('is nothing when only bytes differ, or what the order does not hold', () => {
    expect(changedFields(row(), content())).toEqual([]);
    expect(changedFields(row(), content({ form: { updated_at: 'later', meta: { step: 6 } } }))).toEqual([]);
    expect(changedFields(row(), content({ order: { amount: '498.00' } }))).toEqual([]);
  });

  it('is everything but the decimal places of an amount', () => {
    const changed = (before: string, after: string) =>
      changedFields({ ...row(), clientName: before }, { ...content(), clientName: after });
    expect(changed('498.00', '498')).toEqual([]);
    for (const other of ['v498', '498 v', '498.', '498.01'])
      expect(changed('498.0', other)).toEqual(['clientName']);
    expect(changed('v498.0', 'v498')).toEqual(['clientName']);
    expect(changed('498 v1.0', '498 v1')).toEqual(['clientName']);
  });

  it('is told by names of fields, in alphabetical order, never by values', () => {
    const changed = content({
      order: { amount: 498.01, status: 'issue' },
      form: { client: { email: null, whatsappAlertsEnabled: false } },
    });
    expect(changedFields(row(), changed)).toEqual([
      'amount',
      'clientEmail',
      'orderStatus',
      'whatsappAlertsEnabled',
    ]);
  });

  it('includes applicants', () => {
    expect(changedFields(row(), content({ form: { applicants: [{}, {}] } }))).toEqual([
      'applicants',
      'clientSex',
    ]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['a coupon', { order: { coupon: { code: 'TEN', discount: 10 } } }, ['details.coupon']],
    ['another border', { form: { entry: { port: 'DEL' } } }, ['details.entry']],
    ['what nobody understands', { form: { zodiac: 'lion' } }, ['details.other']],
    ['the price list of the product', { form: { product: { price: { ils: 1 } } } }, ['details.product']],
    ['another way to write the phone', { form: { client: { phone: '+972500000001' } } }, ['details.phone']],
    [
      'nothing that is said of the order',
      { form: { meta: { revision: 5 }, created_at: 'then', updated_at: 'later' } },
      [],
    ],
  ])('is told one level deeper for what has no column: %s', (_name, changes, fields) => {
    expect(changedFields(row(), content(changes))).toEqual(fields);
  });

  it('is told as a whole when the details were not kept before, or cannot be read', () => {
    const all = changedFields({ ...row(), details: null }, content());
    expect(all).toEqual([
      ...['details.entry', 'details.fileTransferMethod', 'details.other', 'details.phone'],
      ...['details.product', 'details.termsAgreed'],
    ]);
    expect(changedFields({ ...row(), details: Buffer.from('?') }, content())).toEqual(['details']);
  });
});

describe('what a person has to look at', () => {
  it('is what was bought and what was paid, nothing else', () => {
    const changes = {
      order: { amount: 747, currency: 'USD', status: 'issue', coupon: { code: 'TEN' }, payment_id: 'pi_2' },
      form: {
        client: {
          name: 'דנה',
          email: 'other@example.test',
          phone: '+972500000002',
          whatsappAlertsEnabled: false,
        },
        country: 'vietnam',
        product: {
          name: 'x',
          docType: 'eta',
          intent: 'business',
          entries: 'single',
          validity: 'month',
          wait: 9,
        },
        quantity: 3,
        urgency: 'next_day',
        entry: { date: '2026-04-01' },
        hotel: 'Example',
      },
    };
    const fields = changedFields(row(), content(changes));
    expect(reviewFields(fields)).toEqual([
      ...[
        'amount',
        'currency',
        'details.coupon',
        'details.product',
        'isUrgent',
        'paymentId',
        'processingDays',
      ],
      ...['productCountry', 'productDocType', 'productEntries', 'productIntent', 'productName'],
      ...['productValidity', 'urgency', 'validityDays', 'visaQuantity'],
    ]);
    expect(fields.filter((field) => !reviewFields([field]).length)).toEqual([
      ...['clientEmail', 'clientName', 'clientPhone', 'details.entry', 'details.hotel', 'details.phone'],
      ...['entryDate', 'orderStatus', 'whatsappAlertsEnabled'],
    ]);
  });

  it.each([
    ...['clientName', 'clientEmail', 'clientPhone', 'clientSex'].map((field) => [field, 'contact']),
    ['details.phone', 'contact'],
    ['whatsappAlertsEnabled', 'consent'],
    ['orderStatus', 'status'],
    ...['amount', 'currency', 'paymentId', 'paymentProcessor', 'details.coupon'].map((field) => [
      field,
      'money',
    ]),
    ['stayLimit', 'product'],
    ['applicants', 'other'],
    ['constructor', 'other'],
    ['a field of tomorrow', 'other'],
  ])('is decided by what a field is about: %s is %s', (field, kind) => {
    expect(changeKind(field)).toBe(kind);
  });
});
