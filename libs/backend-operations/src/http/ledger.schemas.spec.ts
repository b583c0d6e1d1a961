import { describe, expect, it } from '@jest/globals';
import { ledgerQuery } from './ledger.schemas.js';

describe('the period of a balance', () => {
  it.each([
    { form: '2026-01-01T00:00:00Z' },
    { from: '2026-01-01' },
    { to: 'today' },
    { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  ])('is refused when it is not what was meant, instead of counting everything or nothing: %j', (query) => {
    expect(ledgerQuery.safeParse(query).success).toBe(false);
  });

  it('is open on both sides when nothing is said', () => {
    expect(ledgerQuery.parse({})).toEqual({});
  });
});
