import { describe, expect, it } from '@jest/globals';
import type { OrderRow } from '@visapi/backend-repositories/orders';
import { viziOrder } from '@visapi/backend-testing';
import { changedFields } from './change.js';
import { readOrder } from './order.js';

const content = (changes: Record<string, unknown> = {}) => readOrder(viziOrder(changes), 'IL260105IN10');
/** As the database gives it back. */
const row = { ...content(), amount: '498.0000' } as OrderRow;

describe('what a later delivery changes', () => {
  it('is nothing when only bytes differ, or what the order does not hold', () => {
    expect(changedFields(row, content())).toEqual([]);
    expect(changedFields(row, content({ form: { updated_at: 'later', meta: { step: 6 } } }))).toEqual([]);
    expect(changedFields(row, content({ order: { amount: '498.00' } }))).toEqual([]);
  });

  it('is told by names of fields, in alphabetical order, never by values', () => {
    const changed = content({
      order: { amount: 498.01, status: 'issue' },
      form: { client: { email: null, whatsappAlertsEnabled: false } },
    });
    expect(changedFields(row, changed)).toEqual([
      'amount',
      'clientEmail',
      'orderStatus',
      'whatsappAlertsEnabled',
    ]);
  });

  it('includes applicants', () => {
    expect(changedFields(row, content({ form: { applicants: [{}, {}] } }))).toEqual([
      'applicants',
      'clientSex',
    ]);
  });
});
