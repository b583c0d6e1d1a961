import { describe, expect, it } from '@jest/globals';
import { compareFields, describeWrong } from './field-check.js';

const configured = { Email: -12, customer_name: 10, visa_country: 20 };

describe('the configured fields beside those of the account', () => {
  it('are right when every id has its name, whatever its case and the blanks around it', () => {
    const listed = [
      { id: 10, name: ' Customer_Name ' },
      { id: 20, name: 'visa_country' },
      { id: 30, name: 'other' },
    ];
    expect(compareFields(configured, listed)).toEqual({ wrong: [], missing: [] });
  });

  it('are wrong where an id belongs to a field of another name', () => {
    const { wrong, missing } = compareFields(configured, [
      { id: 10, name: 'visa_country' },
      { id: 20, name: 'visa_country' },
    ]);
    expect(wrong).toEqual([{ name: 'customer_name', id: 10, holds: 'visa_country' }]);
    expect(missing).toEqual([]);
    expect(describeWrong(wrong)).toBe(
      'CBB_FIELD_IDS: customer_name is 10, which the account calls visa_country',
    );
  });

  it('are missing where the account lists no such id', () => {
    expect(compareFields(configured, [{ id: 10, name: 'customer_name' }])).toEqual({
      wrong: [],
      missing: ['visa_country'],
    });
  });

  it('are not asked after where they are the vendor’s own', () => {
    const listed = [
      { id: -12, name: 'E-mail address' },
      { id: 10, name: 'customer_name' },
      { id: 20, name: 'visa_country' },
    ];
    expect(compareFields(configured, listed)).toEqual({ wrong: [], missing: [] });
  });
});
